using Fed.Client.Agent;

namespace Fed.Client.Children;

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
