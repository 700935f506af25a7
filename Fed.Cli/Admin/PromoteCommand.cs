using System.CommandLine;
using Fed.Contracts.Versions;

namespace Fed.Cli.Admin;

/// <summary><c>fed admin promote</c>.</summary>
internal static class PromoteCommand
{
    private static readonly Argument<long> Version = AdminOptions.Version("VERSION", "Number of a global version");

    public static Command Create() => AdminCommand.With(
        new Command("promote", "Point the channel stable at a global version")
        {
            Version, AdminOptions.Reason, AdminOptions.By,
        },
        "promote",
        async (parsed, client, federation, cancellation) =>
        {
            var order = new PromotionRequest(
                parsed.GetValue(Version), parsed.GetValue(AdminOptions.By)!, parsed.GetValue(AdminOptions.Reason)!);
            var channel = await client.PromoteAsync(federation, order, cancellation);
            Console.WriteLine(
                $"stable: version {channel.Version!.Number}, model {channel.Version.ModelSha256}, "
                + $"move {channel.Move!.Number} ({channel.Move.ManifestSha256})");
        });
}
