using System.Diagnostics;
using Fed.Cli.Children;
using Fed.Client;
using Fed.Tests.Silo.Azure;

namespace Fed.Tests.Deploy;

/// <summary>Services of deploy/compose.yaml as processes.</summary>
internal sealed class ComposeRun(IReadOnlyDictionary<string, ComposeService> services) : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly LaunchThread _launcher = new();
    private readonly Stack<ChildProcess> _started = new();

    public ComposeMachine Machine { get; } = new(services);

    /// <summary>By force: what is stored goes, too.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _started)
        {
            if (!process.Ended.IsCompleted)
                process.Kill();
            await process.DisposeAsync();
        }

        _launcher.Dispose();
        Machine.Dispose();
    }

    /// <summary>Started, and has said all of that.</summary>
    public async Task StartAsync(ComposeService service, params string[] signals)
    {
        var said = signals.ToDictionary(
            signal => signal, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var start = ProgramOf(service);
        foreach (var (name, value) in Machine.EnvironmentOf(service).All)
            start.Environment[name] = value;
        // A machine that is busy with other tests must not be taken for silos that are dead.
        if (service.IsSilo)
            start.Environment["FED_Orleans__Membership__ProbeTimeout"] = "00:00:20";
        var process = await _launcher.RunAsync(
            () => ChildProcess.Start(Programs.Bound(start, "KILL"), Hear, onError: Hear));
        lock (_started)
            _started.Push(process);
        var all = Task.WhenAll(said.Values.Select(source => source.Task));
        if (await Task.WhenAny(all, process.Ended) != all)
            Assert.Fail($"{service.Name} has ended with {await process.Ended}: {process.Errors}");

        void Hear(string line)
        {
            foreach (var (signal, source) in said)
            {
                if (line.Contains(signal, StringComparison.Ordinal))
                    source.TrySetResult();
            }
        }
    }

    /// <summary>The program of the service's image, and what that listens on unless it is told.</summary>
    private ProcessStartInfo ProgramOf(ComposeService service)
    {
        var words = Machine.WordsOf(service);
        var address = Machine.AddressOf(service.Name);
        return service switch
        {
            { Target: not null } => Programs.Self(words[2..]),
            { Name: "azurite" } => new ProcessStartInfo("node",
            [
                Path.Combine(AzuriteProcess.Installation!, "dist", "src", "azurite.js"), .. words[1..],
                "--queueHost", $"{address}",
            ]),
            { Name: "prometheus" } => new ProcessStartInfo(
                "prometheus", [.. words, $"--web.listen-address={address}:9090"]),
            _ => throw new InvalidOperationException($"nobody has the program of {service.Name}"),
        };
    }

    public async Task UntilAsync(Func<Task<bool>> holds)
    {
        var since = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            ChildProcess[] ended;
            lock (_started)
                ended = [.. _started.Where(process => process.Ended.IsCompleted)];
            Assert.True(ended.Length == 0, string.Join('\n', ended.Select(process => process.Errors)));
            Assert.True(Stopwatch.GetElapsedTime(since) < Longest, "it has not come to that");
            await Task.Delay(Pause);
        }
    }
}
