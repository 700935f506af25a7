using System.CommandLine;
using System.Numerics.Tensors;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Core.IO;
using Fed.Core.Models;

namespace Fed.Cli.Admin;

/// <summary><c>fed admin diff</c>: how far two versions' models are from each other, tensor by tensor.</summary>
internal static class DiffCommand
{
    private static readonly Argument<long> From = AdminOptions.Version("FROM", "Number of a version");
    private static readonly Argument<long> To = AdminOptions.Version("TO", "Number of another version of the same tier");

    public static Command Create() => AdminCommand.With(
        new Command("diff", "Compare the models of two versions, tensor by tensor") { From, To, AdminOptions.Tier },
        "diff",
        async (parsed, client, federation, cancellation) =>
        {
            var tier = parsed.GetValue(AdminOptions.Tier)!;
            var (layout, from) = await LoadAsync(client, federation, tier, parsed.GetValue(From), cancellation);
            var (_, to) = await LoadAsync(client, federation, tier, parsed.GetValue(To), cancellation);
            Console.WriteLine($"{"tensor",-28}{"values",10}{"|x|",12}{"|y - x|",12}{"largest",12}");
            var start = 0;
            foreach (var tensor in layout.Tensors)
            {
                var length = (int)tensor.Length;
                Print(tensor.Name, from.AsSpan(start, length), to.AsSpan(start, length));
                start += length;
            }

            Print("all", from, to);
        });

    private static void Print(string name, ReadOnlySpan<float> from, ReadOnlySpan<float> to)
    {
        var difference = new float[from.Length];
        TensorPrimitives.Subtract(to, from, difference);
        var largest = difference.Length == 0 ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference));
        Console.WriteLine(
            $"{name,-28}{from.Length,10}{TensorPrimitives.Norm(from),12:0.0000}"
            + $"{TensorPrimitives.Norm<float>(difference),12:0.0000}{largest,12:0.0000}");
    }

    private static async Task<(ModelLayout Layout, float[] Values)> LoadAsync(
        FederationClient client, string federation, string tier, long number, CancellationToken cancellationToken)
    {
        var record = await Versions.FindAsync(client, federation, tier, number, cancellationToken);
        if (record.Collected)
        {
            throw new AgentException(
                ExitCode.Refused, $"version {number} of '{tier}' is no longer kept; compare with a later one");
        }

        using var bytes = new MemoryStream();
        await client.DownloadModelAsync(federation, record.ModelSha256, bytes, cancellationToken);
        var file = new MemoryReader(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
        var layout = SafetensorsHeader.Read(file).Layout;
        return (layout, Safetensors.ReadParameters(file, layout));
    }
}
