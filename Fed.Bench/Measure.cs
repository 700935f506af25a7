using System.Diagnostics;
using System.Globalization;

namespace Fed.Bench;

/// <summary>
/// Times an action by the processor time of this process, all its threads together: a busy machine hardly moves it, and
/// work on several cores counts in full.
/// </summary>
internal static class Measure
{
    /// <summary>
    /// Processor seconds that one call takes: the least over rounds of at least 20 ms each, for noise only ever adds.
    /// Rounds go on for <paramref name="budget"/> processor seconds, and there are at least three, after one call to
    /// warm up.
    /// </summary>
    public static double Best(Action action, double budget)
    {
        action();
        var calls = 1;
        var best = double.PositiveInfinity;
        var spent = 0.0;
        for (var rounds = 0; rounds < 3 || spent < budget;)
        {
            var seconds = Processor(action, calls);
            spent += seconds;
            if (seconds < 0.02 && calls < 1 << 20)
            {
                calls *= 2;
                continue;
            }

            best = Math.Min(best, seconds / calls);
            rounds++;
        }

        return best;
    }

    /// <summary>Processor seconds of some calls.</summary>
    public static double Processor(Action action, int calls = 1)
    {
        var start = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < calls; i++)
            action();
        return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }

    /// <summary>Seconds by the clock, and processor seconds, of one call.</summary>
    public static (double Clock, double Processor) Both(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        var processor = Processor(action);
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, processor);
    }

    /// <summary>Memory of a process in 10^6 bytes, to a tenth; 0 where /proc is missing.</summary>
    /// <param name="field">Of /proc/PID/status: <c>VmRSS</c>, resident now, or <c>VmHWM</c>, the most ever.</param>
    public static double MemoryMb(int process, string field)
    {
        var source = $"/proc/{process}/status";
        if (!File.Exists(source))
            return 0;
        var line = File.ReadLines(source).First(line => line.StartsWith($"{field}:", StringComparison.Ordinal));
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return Math.Round(long.Parse(words[1], CultureInfo.InvariantCulture) * 1024e-6, 1);
    }
}

/// <summary>Runs a body on some threads at once, and waits for all.</summary>
internal static class Threads
{
    public static void Run(int count, Action<int> body)
    {
        var others = Enumerable.Range(1, count - 1).Select(i => new Thread(() => body(i))).ToArray();
        foreach (var other in others)
            other.Start();
        body(0);
        foreach (var other in others)
            other.Join();
    }
}
