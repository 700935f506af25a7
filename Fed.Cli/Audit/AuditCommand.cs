using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Fed.Cli.Admin;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Contracts;

namespace Fed.Cli.Audit;

/// <summary><c>fed audit</c>: what auditors do.</summary>
internal static class AuditCommand
{
    public static Command Create() => new("audit", "Compute versions again from their contributions (auditors)")
    {
        VerifyCommand.Create(),
        ExportCommand.Create(),
    };
}

/// <summary>Where an audit reads: options that its commands share.</summary>
internal static class AuditOptions
{
    public static Option<string?> Federation { get; } = new("--federation")
    {
        Description = "Name of the federation on the server",
    };

    public static Option<FileInfo?> Bundle { get; } = new("--bundle")
    {
        Description = "File of 'fed audit export' to read, in place of the server",
    };

    public static IAuditSource Open(ParseResult parsed)
    {
        if (parsed.GetValue(Bundle) is { } bundle)
            return new Bundle(bundle.FullName);
        return new ServerSource(
            new FederationClient(parsed.GetValue(AdminOptions.Server)!), parsed.GetValue(Federation)!);
    }

    /// <summary>One of the two, not both.</summary>
    public static void RequireOne(Command command) => command.Validators.Add(result =>
    {
        if (result.GetValue(Bundle) is null == (result.GetValue(Federation) is null))
            result.AddError("give either --federation, to ask the server, or --bundle");
    });
}

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

    private static readonly Option<string?> Json = new("--json")
    {
        Description = "File to write the findings to, as JSON",
    };

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
        var fingerprint = Convert.ToHexStringLower(
            SHA256.HashData(Convert.FromBase64String(head.Federation.PublicKey)));
        Console.WriteLine($"{head.Federation.Settings.Name}, key {fingerprint}");
        if (parsed.GetValue(Key) is { } expected && !expected.Equals(fingerprint, StringComparison.OrdinalIgnoreCase))
        {
            await Console.Error.WriteLineAsync(
                $"fed audit verify: the federation's key is not {expected}: trust nothing of it");
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

/// <summary><c>fed audit export</c>.</summary>
internal static class ExportCommand
{
    private static readonly Option<FileInfo> Out = new("--out")
    {
        Description = "File to write, a tar archive",
        Required = true,
    };

    private static readonly Option<string> Federation = new("--federation")
    {
        Description = "Name of the federation on the server",
        Required = true,
    };

    public static Command Create()
    {
        var command = new Command(
            "export", "Verify a federation, and write all that this needs to one file, for 'fed audit verify --bundle'")
        {
            AdminOptions.Server, Federation, Out,
        };
        command.SetAction((parsed, cancellation) => Failures.ReportAsync(
            "fed audit export",
            () => RunAsync(
                parsed.GetValue(AdminOptions.Server)!,
                parsed.GetValue(Federation)!,
                parsed.GetValue(Out)!.FullName,
                cancellation),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        Uri server, string federation, string path, CancellationToken cancellationToken)
    {
        using var source = new ServerSource(new FederationClient(server), federation);
        using var blobs = new AuditBlobs(source);
        var head = await source.ReadHeadAsync(cancellationToken);
        // What it reads is what the bundle needs.
        var report = await new FederationAudit(blobs, head).RunAsync([], cancellationToken);
        foreach (var fault in report.Faults)
            Console.WriteLine(fault);
        // Under another name until it is whole.
        var unfinished = path + ".part";
        var count = await Bundle.WriteAsync(unfinished, head, blobs, cancellationToken);
        File.Move(unfinished, path, overwrite: true);
        Console.WriteLine($"{path}: {report.Versions} versions, {count} blobs, {new FileInfo(path).Length} bytes");
        return report.Faults.Any() ? ExitCode.Refused : ExitCode.Success;
    }
}
