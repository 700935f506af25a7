using System.CommandLine;
using System.Text.Json;
using Fed.Contracts;
using Fed.Contracts.Versions;

namespace Fed.Cli.Admin;

/// <summary><c>fed admin versions</c>.</summary>
internal static class VersionsCommand
{
    private static readonly Option<int> Limit = new("--limit")
    {
        Description = $"How many, newest first: 1 to {Versions.Most}",
        DefaultValueFactory = _ => 20,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON" };

    static VersionsCommand() => Limit.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is < 1 or > Versions.Most)
            result.AddError($"--limit must be 1 to {Versions.Most}");
    });

    public static Command Create() => AdminCommand.With(
        new Command("versions", "List versions, newest first, and where the channels point")
        {
            AdminOptions.Tier, Limit, Json,
        },
        "versions",
        async (parsed, client, federation, cancellation) =>
        {
            var versions = await client.VersionsAsync(
                federation, parsed.GetValue(AdminOptions.Tier)!, parsed.GetValue(Limit), cancellation);
            var channels = await client.ChannelsAsync(federation, cancellation);
            if (parsed.GetValue(Json))
            {
                Console.WriteLine(JsonSerializer.Serialize(new { versions, channels }, FedJson.Indented));
                return;
            }

            Console.WriteLine($"{"version",8} {"kind",-9}{"inputs",7} {"accuracy",9}  {"committed (UTC)",-20} model");
            foreach (var version in versions)
                Console.WriteLine(Line(version));
            foreach (var channel in channels)
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
