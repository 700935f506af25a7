using System.Text.Json;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Contracts;
using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Cli.Demo;

/// <summary>The demo from its options to its files.</summary>
internal static class DemoSession
{
    public static async Task<int> RunAsync(DemoOptions options, CancellationToken cancellationToken)
    {
        // What may be refused is refused before anything is started.
        Trainers.Require(options.Trainer);
        var plan = DemoPlan.Make(DataFolder.Open(options.DataFolder), options);
        OutputFile.RequireWritable(options.ReportFile, "--report");
        if (options.JsonFile is { } file)
            OutputFile.RequireWritable(file, "--json");
        var (state, temporary) = MakeState(options.KeepFolder);
        try
        {
            DemoOutcome outcome;
            await using (var view = MakeView())
            {
                var run = new DemoRun(plan, options, state, view, TimeProvider.System);
                outcome = await run.RunAsync(cancellationToken);
            }

            Publish(outcome);
            return ExitCode.Success;
        }
        finally
        {
            if (temporary)
                Directory.Delete(state, recursive: true);
        }
    }

    private static void Publish(DemoOutcome outcome)
    {
        FinalTable.Print(Screen.Create(), outcome);
        File.WriteAllText(outcome.Options.ReportFile, DemoReport.Render(outcome));
        Console.WriteLine($"report: {Path.GetFullPath(outcome.Options.ReportFile)}");
        if (outcome.Options.JsonFile is not { } json)
            return;
        File.WriteAllText(json, JsonSerializer.Serialize(outcome.Result, FedJson.Indented) + "\n");
        Console.WriteLine($"figures: {Path.GetFullPath(json)}");
    }

    private static IDemoView MakeView() =>
        Screen.IsTerminal ? new TerminalView(Screen.Create()) : new PlainView(Console.Out);

    private static (string Folder, bool Temporary) MakeState(string? keep)
    {
        if (keep is null)
            return (Directory.CreateTempSubdirectory("fed-demo-").FullName, true);
        Directory.CreateDirectory(keep);
        return Directory.EnumerateFileSystemEntries(keep).Any()
            ? throw new AgentException(
                ExitCode.Usage, $"--keep names '{keep}', which is not empty; give a new folder")
            : (Path.GetFullPath(keep), false);
    }
}
