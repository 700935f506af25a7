using System.Diagnostics;
using System.Runtime.InteropServices;
using Fed.Client.Agent;
using Fed.Client.Commands;
using Fed.Tests.MediaQc;

namespace Fed.Tests.Client;

/// <summary>The demo as a process of its own, with all that it starts.</summary>
public sealed partial class DemoProcessTests : IDisposable
{
    /// <summary>
    /// Handled as Ctrl-C is; SIGINT itself is ignored in whatever a shell has started in the background.
    /// </summary>
    private const int SigTerm = 15;

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-demo-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Demo_ToldToStopWhileItTrains_LeavesNoProcessAndNoFile()
    {
        using var demo = Start();
        var silo = "";
        while (await demo.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("silo (process ", StringComparison.Ordinal))
                silo = line["silo (process ".Length..line.IndexOf(',')];
            // Every participant has its folder, so every process is there.
            if (silo != "" && Directory.EnumerateDirectories(_folder, "participants", SearchOption.AllDirectories)
                .SelectMany(Directory.EnumerateDirectories).Count() == 5)
                break;
        }

        Assert.Equal(0, Kill(demo.Id, SigTerm));
        await demo.StandardOutput.ReadToEndAsync();
        await demo.WaitForExitAsync();

        Assert.Equal(ExitCode.Interrupted, demo.ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(int.Parse(silo)));
        Assert.DoesNotContain(_folder, RunningCommands(), StringComparison.Ordinal);
    }

    private Process Start()
    {
        var bin = Path.GetDirectoryName(typeof(AgentOptions).Assembly.Location)!;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["TMPDIR"] = _folder,
                // Else each process of .NET leaves its debugger's pipes there when it has to be killed.
                ["DOTNET_EnableDiagnostics"] = "0",
                ["FED_SILO_DLL"] = Path.Combine(bin, "Fed.Silo.dll"),
            },
        };
        string[] arguments =
        [
            Path.Combine(bin, "Fed.Client.dll"), "demo", "--participants", "5",
            "--data", Path.Combine(Scratch.Repository(), "data", "media-qc"),
            "--report", Path.Combine(_folder, "report.html"),
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>What all processes of this machine were started with.</summary>
    private static string RunningCommands() => string.Join('\n', Directory.EnumerateDirectories("/proc")
        .Where(folder => int.TryParse(Path.GetFileName(folder), out _))
        .Select(folder =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(folder, "cmdline"));
            }
            catch (IOException)
            {
                return ""; // It has ended meanwhile.
            }
        }));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
