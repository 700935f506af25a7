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
