using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fed.Cli.Children;

/// <summary>A process that we have started: its lines, its end, and how to end it.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    /// <summary>The exit code of a process that SIGKILL has ended.</summary>
    public const int Killed = 128 + 9;

    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    /// <summary>What a library says may come with its whole stack.</summary>
    private const int KeptErrorLines = 60;

    /// <summary>How long a child may take to end in order before it is killed.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly string? _errorFile;
    private readonly Action<string>? _onError;
    private readonly Queue<string> _errors = new();
    private bool _disposed;

    private ChildProcess(Process process, Action<string> onLine, string? errorFile, Action<string>? onError)
    {
        _process = process;
        _errorFile = errorFile;
        _onError = onError;
        Ended = EndAsync(onLine);
    }

    public int Id => _process.Id;

    /// <summary>
    /// The exit code, once the process has ended and all its lines were read; 128 + signal if one killed it.
    /// </summary>
    public Task<int> Ended { get; }

    /// <summary>The last lines of standard error.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return string.Join(Environment.NewLine, _errors);
        }
    }

    /// <param name="onLine">Called for each line of standard output, from any thread, one at a time.</param>
    /// <param name="errorFile">Where standard error is appended to; null: only the last lines are kept, here.</param>
    /// <param name="onError">Called for each line of standard error likewise.</param>
    public static ChildProcess Start(
        ProcessStartInfo start, Action<string> onLine, string? errorFile = null, Action<string>? onError = null)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        return new ChildProcess(
            Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start"),
            onLine,
            errorFile,
            onError);
    }

    /// <summary>By SIGKILL, at once. Harmless when it has ended already.</summary>
    public void Kill()
    {
        lock (_errors)
        {
            if (!_disposed)
                _process.Kill();
        }
    }

    /// <summary>By SIGSTOP: not on Windows.</summary>
    public void Freeze() => _ = Signal(_process.Id, SigStop);

    /// <summary>Goes on after <see cref="Freeze"/>.</summary>
    public void Thaw() => _ = Signal(_process.Id, SigCont);

    /// <summary>By SIGTERM, which it may take its time for: not on Windows.</summary>
    public void Terminate() => _ = Signal(_process.Id, SigTerm);

    /// <summary>
    /// In order first (end of input, SIGTERM), by force after a while. Harmless when it has ended already.
    /// </summary>
    public async Task StopAsync()
    {
        if (!Ended.IsCompleted)
        {
            _process.StandardInput.Close();
            if (!OperatingSystem.IsWindows())
                Terminate();
            if (await Task.WhenAny(Ended, Task.Delay(Grace)) != Ended)
                _process.Kill(entireProcessTree: true);
        }

        await Ended;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        lock (_errors)
        {
            _disposed = true;
            _process.Dispose();
        }
    }

    private async Task<int> EndAsync(Action<string> onLine)
    {
        var output = ReadAsync(_process.StandardOutput, onLine);
        using var log = _errorFile is null ? null : new StreamWriter(_errorFile, append: true) { AutoFlush = true };
        var error = ReadAsync(_process.StandardError, line =>
        {
            Keep(line);
            log?.WriteLine(line);
            _onError?.Invoke(line);
        });
        await _process.WaitForExitAsync();
        await Task.WhenAll(output, error);
        return _process.ExitCode;
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> onLine)
    {
        while (await reader.ReadLineAsync() is { } line)
            onLine(line);
    }

    private void Keep(string line)
    {
        lock (_errors)
        {
            if (_errors.Count == KeptErrorLines)
                _errors.Dequeue();
            _errors.Enqueue(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    internal static partial int Signal(int process, int signal);
}

/// <summary>
/// The one thread that starts children which ask the kernel for a signal when their parent dies: the kernel means the
/// parent thread (prctl(2), PR_SET_PDEATHSIG), and threads of a pool come and go.
/// </summary>
internal sealed class LaunchThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public LaunchThread()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "launch" };
        _thread.Start();
    }

    public Task<T> RunAsync<T>(Func<T> start)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                result.SetResult(start());
            }
            catch (Exception error)
            {
                result.SetException(error);
            }
        });
        return result.Task;
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Run()
    {
        foreach (var action in _work.GetConsumingEnumerable())
            action();
    }
}
