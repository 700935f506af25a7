using System.Collections.Concurrent;
using System.Diagnostics;

namespace Fed.Bench.Ingest;

/// <summary>What some senders have done in parallel: how many, in which time, how long each took.</summary>
public sealed class LoadRun
{
    private readonly ConcurrentBag<List<double>> _latencies = [];

    /// <summary>By the clock, the pauses between slices left out.</summary>
    public double Seconds { get; private set; }

    public int Count => _latencies.Sum(list => list.Count);

    public double PerSecond => Count / Seconds;

    /// <summary>A slice more: each sender takes the next update and sends it until the time is over or none is
    /// left.</summary>
    /// <returns>How many of the updates were taken, from the first.</returns>
    public async Task<int> RunAsync(
        ArraySegment<PreparedUpdate> updates,
        int senders,
        TimeSpan time,
        Func<PreparedUpdate, CancellationToken, Task> send,
        CancellationToken cancellation)
    {
        var taken = -1;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(SendAsync, cancellation)));
        Seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
        return Math.Min(taken + 1, updates.Count);

        async Task SendAsync()
        {
            var latencies = new List<double>();
            _latencies.Add(latencies);
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var next = Interlocked.Increment(ref taken);
                if (next >= updates.Count)
                    return;
                var begin = Stopwatch.GetTimestamp();
                await send(updates[next], cancellation);
                latencies.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            }
        }
    }

    /// <summary>Milliseconds, of all slices; <paramref name="share"/> 0 to 1. 0 when there was none.</summary>
    public double Percentile(double share) => PercentileOf([.. _latencies.SelectMany(list => list)], share);

    /// <summary>The smallest value that at least this share of the values do not exceed.</summary>
    public static double PercentileOf(double[] values, double share)
    {
        if (values.Length == 0)
            return 0;
        Array.Sort(values);
        return values[Math.Clamp((int)Math.Ceiling(share * values.Length) - 1, 0, values.Length - 1)];
    }
}
