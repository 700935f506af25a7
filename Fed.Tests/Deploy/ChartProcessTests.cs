using System.Diagnostics;
using Fed.Cli.Children;
using Fed.Client;

namespace Fed.Tests.Deploy;

/// <summary>The rendered pod that needs no server, as a process.</summary>
public sealed class ChartProcessTests
{
    private const int SigTerm = 15;

    [HelmFact]
    public async Task Silo_OfTheMinimalValues_ServesWithinItsVolumesAndEndsInOrder()
    {
        using var pod = new RenderedPod(await Charts.GetAsync(Charts.Silos, "minimal"));
        // Another port than that of whatever runs on this machine.
        pod.Arguments[pod.Arguments.IndexOf("--port") + 1] = "0";
        var start = Programs.Self(pod.Arguments);
        start.RedirectStandardOutput = true;
        start.WorkingDirectory = pod.Root;
        foreach (var (name, value) in pod.Environment.All)
            start.Environment[name] = value;
        var given = Files(pod);
        using var process = Process.Start(start)!;
        try
        {
            var ready = (await process.StandardOutput.ReadLineAsync())!;
            // It listens on all addresses.
            var port = new Uri(ready["ready ".Length..]).Port;
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            Assert.Contains("\"ready\"", await client.GetStringAsync("/healthz"), StringComparison.Ordinal);
            Assert.Equal("[\"codecs\"]", await client.GetStringAsync("/v1/federations"));
            Assert.Contains("\"alive\"", await client.GetStringAsync("/livez"), StringComparison.Ordinal);

            Assert.Equal(0, ChildProcess.Signal(process.Id, SigTerm));
            await process.WaitForExitAsync();
            Assert.Equal(ExitCode.Success, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }

        Assert.All(
            Files(pod).Except(given),
            file => Assert.True(pod.MayWrite(Path.GetDirectoryName(file)!), $"{file} is where it may not write"));
    }

    private static string[] Files(RenderedPod pod) =>
        Directory.GetFiles(pod.Root, "*", SearchOption.AllDirectories);
}
