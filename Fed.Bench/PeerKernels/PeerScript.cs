using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Fed.Bench.PeerKernels;

/// <summary>Runs <c>peers/peers.py</c>.</summary>
internal static class PeerScript
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    /// <param name="Seconds">Processor seconds of one call.</param>
    /// <param name="ClockSeconds">Seconds of one call by the clock.</param>
    /// <param name="ExtraMemory">Bytes beyond the input.</param>
    public sealed record Result(double Seconds, double ClockSeconds, long ExtraMemory);

    /// <param name="data">K vectors of float32.</param>
    /// <param name="folder">Gets a file of float32 a kernel, its result.</param>
    /// <exception cref="InvalidOperationException">No Python, no numpy, or the script failed.</exception>
    public static Dictionary<string, Result> Run(
        string data, int updates, double seconds, string folder, string[] kernels)
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "peers", "peers.py"),
            data,
            updates.ToString(CultureInfo.InvariantCulture),
            seconds.ToString(CultureInfo.InvariantCulture),
            folder,
            .. kernels,
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var python = Start(start);
        var errors = python.StandardError.ReadToEndAsync();
        var output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        if (python.ExitCode != 0)
            throw new InvalidOperationException($"the peers' kernels did not run: {errors.Result.Trim()}");
        return JsonSerializer.Deserialize<Dictionary<string, Result>>(output, Format)
            ?? throw new InvalidOperationException($"the peers' kernels printed '{output}'");
    }

    private static Process Start(ProcessStartInfo start)
    {
        const string Remedy = "install it with apt-get install python3-numpy";
        try
        {
            return Process.Start(start)
                ?? throw new InvalidOperationException($"{start.FileName} did not start; {Remedy}");
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"{start.FileName} did not start ({error.Message}); {Remedy}", error);
        }
    }
}
