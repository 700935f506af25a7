using System.CommandLine;
using System.Numerics.Tensors;
using System.Text.Json;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts;
using Fed.Contracts.Keys;
using Fed.Contracts.Versions;
using Fed.Core.IO;
using Fed.Core.Models;

namespace Fed.Cli.Admin;

/// <summary><c>fed admin versions</c>.</summary>
internal static class VersionsCommand
{
    private static readonly Option<int> Limit = new("--limit")
    {
        Description = $"How many, newest first: 1 to {Versions.Most}",
        DefaultValueFactory = _ => 20,
    };

    static VersionsCommand() => Limit.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is < 1 or > Versions.Most)
            result.AddError($"--limit must be 1 to {Versions.Most}");
    });

    public static Command Create() => AdminCommand.With(
        new Command("versions", "List versions, newest first, and where the channels point")
        {
            AdminOptions.Tier, Limit,
        },
        "versions",
        async (parsed, client, federation, cancellation) =>
        {
            var versions = await client.VersionsAsync(
                federation, parsed.GetValue(AdminOptions.Tier)!, parsed.GetValue(Limit), cancellation);
            return new { versions, channels = await client.ChannelsAsync(federation, cancellation) };
        },
        (_, found) =>
        {
            Console.WriteLine($"{"version",8} {"kind",-9}{"inputs",7} {"accuracy",9}  {"committed (UTC)",-20} model");
            foreach (var version in found.versions)
                Console.WriteLine(Line(version));
            foreach (var channel in found.channels)
                Console.WriteLine($"{channel.Name}: {channel.Version?.Number.ToString() ?? "nothing promoted yet"}");
        });

    /// <summary>Tier retention has no models.</summary>
    private static string Line(VersionRecord version) =>
        $"{version.Number,8} {version.Kind,-9}{version.Contributions,7} "
        + $"{(version.Evaluation is { } evaluation ? $"{evaluation.Accuracy:0.0 %}" : ""),9}  "
        + $"{version.CommittedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}  "
        + version.ModelSha256[..Math.Min(16, version.ModelSha256.Length)]
        + (version.Withdrawn ? "  withdrawn" : "") + (version.Collected ? "  collected" : "");
}

/// <summary><c>fed admin show</c>: a version's manifest, after its signature was checked.</summary>
internal static class ShowVersionCommand
{
    private static readonly Argument<long> Version = AdminOptions.Version("VERSION", "Number of the version");

    public static Command Create() => AdminCommand.With(
        new Command("show", "Print the signed manifest of a version: parents, contributions, settings")
        {
            Version, AdminOptions.Tier,
        },
        "show",
        async (parsed, client, federation, cancellation) =>
        {
            var record = await Versions.FindAsync(
                client, federation, parsed.GetValue(AdminOptions.Tier)!, parsed.GetValue(Version), cancellation);
            var manifest = await client.ManifestAsync(federation, record.ManifestSha256, cancellation);
            var description = await client.DescribeAsync(federation, cancellation);
            using var key = Signatures.ImportPublicKey(description.PublicKey);
            if (!manifest.IsSignedBy(key))
            {
                throw new AgentException(
                    ExitCode.Refused,
                    $"manifest {record.ManifestSha256} is not signed with the key of '{federation}': do not trust it");
            }

            Console.WriteLine(JsonSerializer.Serialize(manifest.Manifest, FedJson.Indented));
            // Not of the manifest, and not to be taken for a part of it.
            if (description.Extractor is { } extractor)
            {
                var all = description.Parameters + extractor.Parameters;
                await Console.Error.WriteLineAsync(
                    $"{description.Parameters} of {all} values travel; layers {string.Join(", ", extractor.Frozen)} are "
                    + $"frozen, extractor {extractor.Sha256}");
            }
        });
}

/// <summary><c>fed admin diff</c>: how far two versions' models are from each other, tensor by tensor.</summary>
internal static class DiffCommand
{
    private static readonly Argument<long> From = AdminOptions.Version("FROM", "Number of a version");
    private static readonly Argument<long> To =
        AdminOptions.Version("TO", "Number of another version of the same tier");

    public static Command Create() => AdminCommand.With(
        new Command("diff", "Compare the models of two versions, tensor by tensor") { From, To, AdminOptions.Tier },
        "diff",
        async (parsed, client, federation, cancellation) =>
        {
            var tier = parsed.GetValue(AdminOptions.Tier)!;
            var (layout, from) = await LoadAsync(client, federation, tier, parsed.GetValue(From), cancellation);
            var (_, to) = await LoadAsync(client, federation, tier, parsed.GetValue(To), cancellation);
            var rows = new List<TensorDifference>();
            var start = 0;
            foreach (var tensor in layout.Tensors)
            {
                var length = (int)tensor.Length;
                rows.Add(Compare(tensor.Name, from.AsSpan(start, length), to.AsSpan(start, length)));
                start += length;
            }

            return new { tensors = rows, all = Compare("all", from, to) };
        },
        (_, found) =>
        {
            Console.WriteLine($"{"tensor",-28}{"values",10}{"|x|",12}{"|y - x|",12}{"largest",12}");
            foreach (var row in found.tensors.Append(found.all))
            {
                Console.WriteLine(
                    $"{row.Name,-28}{row.Values,10}{row.Norm,12:0.0000}{row.DifferenceNorm,12:0.0000}"
                    + $"{row.Largest,12:0.0000}");
            }
        });

    private static TensorDifference Compare(string name, ReadOnlySpan<float> from, ReadOnlySpan<float> to)
    {
        var difference = new float[from.Length];
        TensorPrimitives.Subtract(to, from, difference);
        var largest = difference.Length == 0 ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference));
        return new(name, from.Length, TensorPrimitives.Norm(from), TensorPrimitives.Norm<float>(difference), largest);
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

/// <summary>How far a tensor of one model is from that of another.</summary>
/// <param name="Norm">Euclidean, of the first.</param>
/// <param name="Largest">Change of one value.</param>
internal sealed record TensorDifference(string Name, int Values, float Norm, float DifferenceNorm, float Largest);

/// <summary>Finds versions by their number.</summary>
internal static class Versions
{
    /// <summary>As many as a server lists at a time.</summary>
    public const int Most = 1000;

    /// <exception cref="AgentException">There is none among the newest.</exception>
    public static async Task<VersionRecord> FindAsync(
        FederationClient client, string federation, string tier, long number, CancellationToken cancellationToken)
    {
        var versions = await client.VersionsAsync(federation, tier, Most, cancellationToken);
        return versions.FirstOrDefault(version => version.Number == number) ?? throw new AgentException(
            ExitCode.Refused,
            $"tier '{tier}' of '{federation}' has no version {number} among its newest {Most}; "
            + "'fed admin versions' lists them");
    }
}
