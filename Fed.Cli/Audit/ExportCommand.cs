using System.CommandLine;
using Fed.Cli.Admin;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Client.Protocol;

namespace Fed.Cli.Audit;

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
