using System.Diagnostics;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Core.FailPoints;

namespace Fed.Cli.Children;

/// <summary>The silo process: started, awaited until it serves, and started again when it dies.</summary>
internal sealed class SiloChild : IAsyncDisposable
{
    /// <summary>Deaths after which there is no point in another start.</summary>
    private const int MaxStarts = 5;

    private readonly LaunchThread _launcher;
    private readonly string _dataFolder;
    private ChildProcess _process;

    private SiloChild(LaunchThread launcher, string dataFolder, ChildProcess process, Uri address)
    {
        _launcher = launcher;
        _dataFolder = dataFolder;
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public int Id => _process.Id;

    /// <param name="port">0 takes a free one.</param>
    /// <exception cref="AgentException">It did not start: the port is taken, for example.</exception>
    public static async Task<SiloChild> StartAsync(int port, string dataFolder, CancellationToken cancellationToken)
    {
        var launcher = new LaunchThread();
        try
        {
            var (process, address) = await LaunchAsync(launcher, port, dataFolder, cancellationToken);
            return new SiloChild(launcher, dataFolder, process, address);
        }
        catch
        {
            launcher.Dispose();
            throw;
        }
    }

    /// <summary>Runs until it is cancelled; a silo that dies is started again on the same port and folder.</summary>
    public async Task KeepAliveAsync(Action<string> say, CancellationToken cancellationToken)
    {
        for (var starts = 1; ; starts++)
        {
            var code = await _process.Ended.WaitAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (starts == MaxStarts)
                throw SiloLaunch.Failed(_process, code, $"the silo has ended {starts} times");
            say($"the silo (process {_process.Id}) has ended with code {code}; starting it again, the agents go on");
            await _process.DisposeAsync();
            (_process, _) = await LaunchAsync(_launcher, Address.Port, _dataFolder, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _launcher.Dispose();
    }

    private static async Task<(ChildProcess Process, Uri Address)> LaunchAsync(
        LaunchThread launcher, int port, string dataFolder, CancellationToken cancellationToken)
    {
        var (process, ready) = await SiloLaunch.StartAsync(launcher, port, dataFolder);
        try
        {
            await Task.WhenAny(ready, process.Ended).WaitAsync(cancellationToken);
            return ready.IsCompleted
                ? (process, await ready)
                : throw SiloLaunch.Failed(process, await process.Ended, "the silo did not start");
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}

/// <summary>A silo process that was started, and where it serves once it does.</summary>
/// <param name="Ready">Completes with its address; never, if it dies before.</param>
internal sealed record SiloLaunch(ChildProcess Process, Task<Uri> Ready)
{
    /// <param name="port">0 takes a free one.</param>
    /// <param name="failPoint">Where it shall die, as in <see cref="FailPoint.Variable"/>; null: nowhere.</param>
    /// <param name="configure">Adds arguments, and changes the environment.</param>
    public static Task<SiloLaunch> StartAsync(
        LaunchThread launcher,
        int port,
        string dataFolder,
        string? failPoint = null,
        Action<ProcessStartInfo>? configure = null)
    {
        var start = Programs.BoundSilo(["--port", $"{port}", "--data-dir", dataFolder]);
        start.Environment[FailPoint.Variable] = failPoint;
        configure?.Invoke(start);
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
