using System.Diagnostics;
using System.Runtime.InteropServices;
using Fed.Client;

namespace Fed.Bench.Ingest;

/// <summary>A silo process with a data folder of its own, on a free loopback port; both end with it.</summary>
public sealed partial class SiloUnderLoad : IAsyncDisposable
{
    /// <summary>Opens the endpoint that discards bodies (docs/operations.md).</summary>
    public const string DiscardVariable = "FED_DISCARD_ENDPOINT";

    private const int Terminate = 15;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly string _folder;
    private readonly Task<string> _errors;

    private SiloUnderLoad(Process process, string folder, Task<string> errors, Uri address)
    {
        _process = process;
        _folder = folder;
        _errors = errors;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Resident memory in 10^6 bytes; 0 where /proc is missing.</summary>
    public double RssMb => Measure.MemoryMb(_process.Id, "VmRSS");

    /// <summary>The most that was ever resident.</summary>
    public double PeakMb => Measure.MemoryMb(_process.Id, "VmHWM");

    /// <summary>Of all its cores, user and system.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <param name="parent">Folder, on the disk that is to be measured, in which the data folder is made.</param>
    /// <param name="environment">Further variables of its environment.</param>
    /// <exception cref="IOException">It did not start.</exception>
    public static async Task<SiloUnderLoad> StartAsync(
        string parent, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        var folder = Directory.CreateDirectory(Path.Combine(parent, $"fed-ingest-{Guid.NewGuid():N}")).FullName;
        // Not bound to this thread: it is one of the pool's, and may end before the silo is to.
        var start = Programs.Silo(["--port", "0", "--data-dir", folder]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment[DiscardVariable] = "1";
        // What it measures is how much the silo can do, not how much it lets one participant do.
        start.Environment["FED_Throttling__RequestsPerSecond"] = "0";
        start.Environment["FED_Throttling__RefusalsPerSecond"] = "0";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new IOException("dotnet did not start");
        var errors = LastLinesAsync(process.StandardError);
        var line = await process.StandardOutput.ReadLineAsync(cancellation);
        var address = line?.StartsWith("ready ", StringComparison.Ordinal) == true
            ? new Uri(line["ready ".Length..])
            : null;
        if (address is not null)
            return new SiloUnderLoad(process, folder, errors, address);
        await process.WaitForExitAsync(cancellation);
        Directory.Delete(folder, recursive: true);
        throw new IOException($"the silo ended with code {process.ExitCode}: {await errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!OperatingSystem.IsWindows())
            _ = Signal(_process.Id, Terminate);
        else
            _process.Kill();
        var ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(ended, Task.Delay(Grace)) != ended)
            _process.Kill();
        await ended;
        await _errors;
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<string> LastLinesAsync(StreamReader errors)
    {
        var kept = new Queue<string>();
        while (await errors.ReadLineAsync() is { } line)
        {
            kept.Enqueue(line);
            if (kept.Count > 20)
                kept.Dequeue();
        }

        return string.Join(Environment.NewLine, kept);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
