using System.Runtime.InteropServices;

namespace Fed.Core.FailPoints;

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
