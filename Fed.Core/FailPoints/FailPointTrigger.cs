using System.Globalization;

namespace Fed.Core.FailPoints;

/// <summary>Fires once, at the N-th hit of one fail point. Hits may come from any thread.</summary>
/// <param name="name">The point.</param>
/// <param name="count">N, from 1.</param>
/// <param name="fire">What happens then.</param>
public sealed class FailPointTrigger(string name, int count, Action fire)
{
    private int _hits;

    public string Name { get; } = name;

    public int Count { get; } = count;

    /// <summary>Reads <c>NAME</c> or <c>NAME:N</c>, N from 1; null for nothing.</summary>
    /// <exception cref="ArgumentException">No such name, or no such number.</exception>
    public static FailPointTrigger? Parse(string? setting, Action fire)
    {
        if (string.IsNullOrEmpty(setting))
            return null;
        var (name, count) = setting.IndexOf(':') is >= 0 and var colon
            ? (setting[..colon], setting[(colon + 1)..])
            : (setting, "1");
        if (!FailPointNames.All.Contains(name))
        {
            throw new ArgumentException(
                $"{FailPoint.Variable} names the fail point '{name}', which there is not; "
                + $"there are {string.Join(", ", FailPointNames.All)}");
        }

        return int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var hits) && hits > 0
            ? new FailPointTrigger(name, hits, fire)
            : throw new ArgumentException(
                $"{FailPoint.Variable} is '{setting}'; after the colon stands which hit is meant, a whole number from "
                + $"1, for example {name}:3");
    }

    public void Hit(string name)
    {
        if (name == Name && Interlocked.Increment(ref _hits) == Count)
            fire();
    }
}
