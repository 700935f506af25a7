using Fed.Client.Agent;
using Fed.Core.FailPoints;

namespace Fed.Client.Children;

/// <summary>A silo process that was started, and where it serves once it does.</summary>
/// <param name="Ready">Completes with its address; never, if it dies before.</param>
internal sealed record SiloLaunch(ChildProcess Process, Task<Uri> Ready)
{
    /// <param name="port">0 takes a free one.</param>
    /// <param name="failPoint">Where it shall die, as in <see cref="FailPoint.Variable"/>; null: nowhere.</param>
    /// <param name="fileStorage">Blobs in the data folder, whatever the environment says.</param>
    public static Task<SiloLaunch> StartAsync(
        LaunchThread launcher, int port, string dataFolder, string? failPoint = null, bool fileStorage = false)
    {
        var start = Programs.BoundSilo(["--port", $"{port}", "--data-dir", dataFolder]);
        start.Environment[FailPoint.Variable] = failPoint;
        if (fileStorage)
            start.Environment.Remove(Programs.BlobsVariable);
        var ready = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        return launcher.RunAsync(() => new SiloLaunch(
            ChildProcess.Start(
                start,
                line =>
                {
                    if (line.StartsWith("ready ", StringComparison.Ordinal))
                        ready.TrySetResult(new Uri(line["ready ".Length..]));
                },
                dataFolder + ".log"),
            ready.Task));
    }

    /// <summary>Why a silo has ended that should not have.</summary>
    public static AgentException Failed(ChildProcess process, int code, string what) => new(
        code is ExitCode.Usage or ExitCode.PortTaken or ExitCode.DataFolder ? code : ExitCode.Failure,
        $"{what} (exit code {code}): {process.Errors}");
}
