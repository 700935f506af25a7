using System.Diagnostics;
using System.Runtime.InteropServices;
using Fed.Client;
using Fed.Tests.Client.Chaos;
using Fed.Tests.MediaQc;

namespace Fed.Tests.Client;

/// <summary>The demo as a process of its own, with all that it starts.</summary>
public sealed partial class DemoProcessTests : IDisposable
{
    /// <summary>
    /// Handled as Ctrl-C is; SIGINT itself is ignored in whatever a shell has started in the background.
    /// </summary>
    private const int SigTerm = 15;

    /// <summary>Stops a process where it is, so that it cannot end in order.</summary>
    private const int SigStop = 19;

    private const int Participants = 5;

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-demo-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Demo_ToldToStopWhileItTrains_LeavesNoProcessAndNoFile()
    {
        using var demo = Start();
        await EveryParticipantRunsAsync(demo);

        await StopAsync(demo);

        AssertNothingIsLeftOf(demo);
    }

    [Fact]
    public async Task Demo_ToldToStopWhileParticipantsHang_EndsThemByForceFirst()
    {
        using var demo = Start();
        await EveryParticipantRunsAsync(demo);
        var participants = Running().Where(process => process.Command.Contains("\0join\0", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(participants);
        foreach (var (id, _) in participants)
            Assert.Equal(0, Kill(id, SigStop));

        await StopAsync(demo);

        AssertNothingIsLeftOf(demo);
    }

    private async Task EveryParticipantRunsAsync(Process demo)
    {
        var siloRuns = false;
        while (await demo.StandardOutput.ReadLineAsync() is { } line)
        {
            siloRuns |= line.StartsWith("silo (process ", StringComparison.Ordinal);
            // Every participant has its folder, so every process is there.
            if (siloRuns && Directory.EnumerateDirectories(_folder, "participants", SearchOption.AllDirectories)
                .SelectMany(Directory.EnumerateDirectories).Count() == Participants)
                return;
        }
    }

    private static async Task StopAsync(Process demo)
    {
        Assert.Equal(0, Kill(demo.Id, SigTerm));
        await demo.StandardOutput.ReadToEndAsync();
        await demo.WaitForExitAsync();
    }

    private void AssertNothingIsLeftOf(Process demo)
    {
        Assert.Equal(ExitCode.Interrupted, demo.ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
        Assert.Empty(Running());
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["TMPDIR"] = _folder,
                // Else each process of .NET leaves its debugger's pipes there when it has to be killed.
                ["DOTNET_EnableDiagnostics"] = "0",
            },
        };
        string[] arguments =
        [
            // On a busy machine the others may be done before they are looked for; the slow one is not.
            FedProcess.Program, "demo", "--participants", $"{Participants}", "--slow", "60",
            "--data", Path.Combine(Repository.Root, "data", "media-qc"),
            "--report", Path.Combine(_folder, "report.html"),
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>The processes of this machine that were started with a path in our folder: silo and
    /// participants.</summary>
    private List<(int Id, string Command)> Running()
    {
        var running = new List<(int, string)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id))
                continue;
            try
            {
                var command = File.ReadAllText(Path.Combine(folder, "cmdline"));
                if (command.Contains(Path.Combine(_folder, "fed-demo-"), StringComparison.Ordinal))
                    running.Add((id, command));
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return running;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
