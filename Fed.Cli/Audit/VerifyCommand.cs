using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Fed.Cli.Admin;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Contracts;

namespace Fed.Cli.Audit;

/// <summary><c>fed audit verify</c>.</summary>
internal static class VerifyCommand
{
    private static readonly Option<long?> Version = new("--version")
    {
        Description = "Number of one version, with the aggregates that it was folded from (default: all of all tiers)",
    };

    private static readonly Option<string?> Key = new("--key")
    {
        Description = "SHA-256 of the federation's public key, as you learnt it from a steward: any other is refused",
    };

    private static readonly Option<string?> Json = new("--json") { Description = "File to write the findings to, as JSON" };

    public static Command Create()
    {
        var command = new Command("verify", "Compute versions again from the stored contributions, and compare hashes, "
            + "signatures and the count of every contribution")
        {
            AdminOptions.Server, AuditOptions.Federation, AuditOptions.Bundle, Version, AdminOptions.Tier, Key, Json,
        };
        AuditOptions.RequireOne(command);
        command.SetAction((parsed, cancellation) => Failures.ReportAsync(
            "fed audit verify", () => RunAsync(parsed, cancellation), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var source = AuditOptions.Open(parsed);
        var head = await source.ReadHeadAsync(cancellationToken);
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(head.Federation.PublicKey)));
        Console.WriteLine($"{head.Federation.Settings.Name}, key {fingerprint}");
        if (parsed.GetValue(Key) is { } expected && !expected.Equals(fingerprint, StringComparison.OrdinalIgnoreCase))
        {
            await Console.Error.WriteLineAsync($"fed audit verify: the federation's key is not {expected}: trust nothing of it");
            return ExitCode.Refused;
        }

        using var blobs = new AuditBlobs(source);
        var audit = new FederationAudit(blobs, head);
        var report = parsed.GetValue(Version) is { } version
            ? await audit.RunAsync(parsed.GetValue(AdminOptions.Tier)!, version, cancellationToken)
            : await audit.RunAsync([], cancellationToken);
        foreach (var fault in report.Faults)
            Console.WriteLine(fault);
        Console.WriteLine(
            $"{report.Versions} versions, {report.Versions - report.Unverified.Count} verified, "
            + $"{report.Collected} no longer kept, "
            + $"{report.Doubled.Count} doubled; {blobs.Copied.Count} blobs read");
        if (parsed.GetValue(Json) is { } json)
        {
            var found = new VerifyResult(
                head.Federation.Settings.Name,
                fingerprint,
                report.Versions,
                report.Versions - report.Unverified.Count,
                report.Collected,
                report.Doubled.Count,
                report.FinalSha256,
                [.. report.Faults]);
            await File.WriteAllTextAsync(
                json, JsonSerializer.Serialize(found, FedJson.Indented) + "\n", cancellationToken);
        }

        return report.Faults.Any() ? ExitCode.Refused : ExitCode.Success;
    }

    /// <summary>What <c>--json</c> writes.</summary>
    private sealed record VerifyResult(
        string Federation,
        string Key,
        int Versions,
        int Verified,
        int Collected,
        int Doubled,
        string ModelSha256,
        IReadOnlyList<string> Faults);
}
