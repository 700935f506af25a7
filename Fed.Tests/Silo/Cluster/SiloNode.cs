using System.Diagnostics;
using Fed.Cli.Children;
using Fed.Client;

namespace Fed.Tests.Silo.Cluster;

/// <summary>One silo of a cluster, as a process that ends with the tests; and a client of its gateway.</summary>
internal sealed class SiloNode : IAsyncDisposable
{
    private const int SigTerm = 15;

    private readonly LaunchThread _launcher = new();
    private readonly List<string> _lines = [];
    private readonly List<(string Text, TaskCompletionSource Said)> _awaited = [];
    private ChildProcess _process = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>The exit code, once the process has ended.</summary>
    public Task<int> Ended => _process.Ended;

    /// <summary>All lines of its log so far.</summary>
    public string Log
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>Started, and perhaps not serving yet.</summary>
    /// <returns>Its second part completes when it serves.</returns>
    public static Task<(SiloNode Node, Task Ready)> LaunchAsync(
        Dictionary<string, string> environment, params string[] arguments) =>
        LaunchAsync(environment, static _ => { }, arguments);

    /// <param name="configure">Has the last word on how the process is started.</param>
    /// <inheritdoc cref="LaunchAsync(Dictionary{string, string}, string[])"/>
    public static async Task<(SiloNode Node, Task Ready)> LaunchAsync(
        Dictionary<string, string> environment, Action<ProcessStartInfo> configure, string[] arguments)
    {
        var node = new SiloNode();
        var start = Programs.BoundSilo(["--port", "0", .. arguments]);
        configure(start);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node._process = await node._launcher.RunAsync(() => ChildProcess.Start(start, line =>
        {
            if (!line.StartsWith("ready ", StringComparison.Ordinal))
                return;
            node.Client = new HttpClient { BaseAddress = new Uri(line["ready ".Length..]) };
            ready.TrySetResult();
        }, onError: node.Hear));
        return (node, ready.Task);
    }

    /// <summary>Started, and serving; started again, as a supervisor does, where it could not join the others.</summary>
    public static async Task<SiloNode> StartAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        while (true)
        {
            var (node, ready) = await LaunchAsync(environment, arguments);
            try
            {
                if (await node.JoinsAsync(ready))
                    return node;
            }
            catch
            {
                await node.DisposeAsync();
                throw;
            }

            await node.DisposeAsync();
        }
    }

    /// <param name="ready">Of its launch.</param>
    /// <returns>False: the others did not answer it, or it did not answer them, in time, and it has ended. On a machine
    /// whose processors are busy that happens, for probes are short.</returns>
    /// <exception cref="SiloEndedException">It has ended before it served, for another reason.</exception>
    public async Task<bool> JoinsAsync(Task ready)
    {
        if (await Task.WhenAny(ready, Ended) == ready)
            return true;
        if (await Ended == ExitCode.Failure && Log.Contains("could not join the others", StringComparison.Ordinal))
            return false;
        throw new SiloEndedException(await Ended, Log);
    }

    /// <summary>Completes when its log has a line with this text; fails when it ends without.</summary>
    public async Task SaidAsync(string text)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lines)
        {
            if (_lines.Any(line => line.Contains(text, StringComparison.Ordinal)))
                return;
            _awaited.Add((text, said));
        }

        if (await Task.WhenAny(said.Task, Ended) != said.Task)
            Assert.Contains(text, Log, StringComparison.Ordinal);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await Ended;
    }

    /// <summary>SIGTERM, and its end.</summary>
    public Task<int> StopAsync()
    {
        Signal(SigTerm);
        return Ended;
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (!Ended.IsCompleted)
            _process.Kill();
        await _process.DisposeAsync();
        _launcher.Dispose();
    }

    private void Hear(string line)
    {
        lock (_lines)
        {
            _lines.Add(line);
            foreach (var (_, said) in _awaited.Where(each => line.Contains(each.Text, StringComparison.Ordinal)))
                said.TrySetResult();
        }
    }

    private void Signal(int signal)
    {
        if (!Ended.IsCompleted)
            Assert.Equal(0, ChildProcess.Signal(_process.Id, signal));
    }
}

/// <summary>A silo has ended before it served.</summary>
internal sealed class SiloEndedException(int code, string log)
    : Exception($"the silo ended with {code} before it served: {log}");
