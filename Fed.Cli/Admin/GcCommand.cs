using System.CommandLine;
using System.Text.Json;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Contracts;
using Fed.Contracts.Collection;

namespace Fed.Cli.Admin;

/// <summary><c>fed admin gc</c>: old versions are given up, and what nothing needs is removed.</summary>
internal static class GcCommand
{
    private static readonly Option<int?> Keep = new("--keep")
    {
        Description = "Give up all but so many versions of each tier, the newest; what stable points to stays",
    };

    private static readonly Option<string?> Federation = new("--federation")
    {
        Description = "Whose versions --keep is about (default: of all); blobs are collected of all in any case",
    };

    private static readonly Option<int> Grace = new("--grace")
    {
        Description = "Minutes that a blob stays though nothing refers to it: longer than the longest fold or upload",
        DefaultValueFactory = _ => CollectionRequest.DefaultGraceMinutes,
    };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only say what would be removed" };

    private static readonly Option<string> Reason = new("--reason")
    {
        Description = "Why versions are given up; stands in the signed record",
        DefaultValueFactory = _ => "retention",
    };

    public static Command Create()
    {
        var command = new Command("gc", "Give up old versions, if --keep says so, and remove blobs that no kept "
            + "version, contribution or aggregate needs; manifests stay")
        {
            AdminOptions.Server, Keep, Federation, Grace, DryRun, Reason, AdminOptions.By,
            AdminOptions.Json,
        };
        command.SetAction((parsed, cancellation) => Failures.ReportAsync(
            "fed admin gc", () => RunAsync(parsed, cancellation), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = new FederationClient(parsed.GetValue(AdminOptions.Server)!);
        var request = new CollectionRequest
        {
            Keep = parsed.GetValue(Keep),
            Federation = parsed.GetValue(Federation),
            GraceMinutes = parsed.GetValue(Grace),
            DryRun = parsed.GetValue(DryRun),
            By = parsed.GetValue(AdminOptions.By)!,
            Reason = parsed.GetValue(Reason)!,
        };
        var report = await client.CollectAsync(request, cancellationToken);
        if (parsed.GetValue(AdminOptions.Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(report, FedJson.Indented));
            return ExitCode.Success;
        }

        foreach (var (federation, floors) in report.Floors)
        {
            var kept = floors.OrderBy(floor => floor.Key, StringComparer.Ordinal)
                .Select(floor => $"{floor.Key} from {floor.Value}");
            Console.WriteLine(
                $"{federation} keeps {(floors.Count == 0 ? "all versions" : string.Join(", ", kept))}");
        }

        Console.WriteLine($"{(report.DryRun ? "would be removed" : "removed")}: {Text(report.Removed)}");
        Console.WriteLine($"needed: {Text(report.Needed)}; unneeded but younger than the grace: {Text(report.Young)}");
        return ExitCode.Success;
    }

    private static string Text(BlobTotal total) => $"{total.Blobs} blobs, {total.Bytes / 1e6:0.0} MB";
}
