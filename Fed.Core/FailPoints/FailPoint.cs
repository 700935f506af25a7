using System.Globalization;
using System.Runtime.InteropServices;

namespace Fed.Core.FailPoints;

/// <summary>
/// Places where a process can be made to die, to test that nothing is lost by it: one before and one after each step
/// of persistence. Compiled in always, so that what is tested is what is shipped, and inert: a null check, unless the
/// program was started with <see cref="Variable"/>.
/// </summary>
public static class FailPoint
{
    /// <summary><c>NAME</c> or <c>NAME:N</c>: the process kills itself at the first, or N-th, hit.</summary>
    public const string Variable = "FED_FAILPOINT";

    private static FailPointTrigger? _armed;

    /// <summary>For the start of a program that may be told to die; nothing else arms a point.</summary>
    /// <exception cref="ArgumentException">The variable names no fail point, or no count.</exception>
    public static void ArmFromEnvironment() =>
        _armed = FailPointTrigger.Parse(Environment.GetEnvironmentVariable(Variable), SuddenDeath.Die);

    /// <param name="name">One of <see cref="FailPointNames"/>.</param>
    public static void Hit(string name) => _armed?.Hit(name);
}

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

/// <summary>Ends this process as a power cut would: nothing is flushed, closed, or told.</summary>
internal static partial class SuddenDeath
{
    private const int SigKill = 9;

    public static void Die()
    {
        if (OperatingSystem.IsWindows())
            Environment.FailFast("a fail point was hit");
        // The signal is delivered before the call returns (kill(2), POSIX 2.4.1: a signal to oneself).
        _ = Kill(Environment.ProcessId, SigKill);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
