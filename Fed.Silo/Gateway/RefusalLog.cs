namespace Fed.Silo.Gateway;

/// <summary>
/// Refusals in the log: of each code one line an interval, with how many there were since the last, so that whoever
/// sends bad requests all the time cannot fill the disk.
/// </summary>
internal sealed class RefusalLog(TimeProvider clock, ILogger<RefusalLog> logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Told, int Since)> _codes = new(StringComparer.Ordinal);

    public void Add(string method, string path, Problem problem)
    {
        int untold;
        lock (_lock)
        {
            var known = _codes.TryGetValue(problem.Code, out var code);
            if (known && clock.GetElapsedTime(code.Told) < Interval)
            {
                _codes[problem.Code] = code with { Since = code.Since + 1 };
                return;
            }

            untold = code.Since;
            _codes[problem.Code] = (clock.GetTimestamp(), 0);
        }

        Log.RequestRefused(logger, method, path, problem.Status!.Value, problem.Code, problem.Detail!, untold);
    }
}
