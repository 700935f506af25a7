namespace Fed.Client;

/// <summary>What the commands return; of the silo docs/operations.md has more.</summary>
public static class ExitCode
{
    public const int Success = 0;

    /// <summary>A failure that nobody expected.</summary>
    public const int Failure = 1;

    /// <summary>An option is wrong.</summary>
    public const int Usage = 2;

    public const int PortTaken = 3;

    /// <summary>A data or state folder is missing, damaged, in use, or not writable.</summary>
    public const int DataFolder = 4;

    /// <summary>The server has refused something for good; the message says what and why.</summary>
    public const int Refused = 5;

    /// <summary>Stopped by SIGINT or SIGTERM.</summary>
    public const int Interrupted = 130;
}

/// <summary>Something on this side that a person has to mend; the message says what and how.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
public sealed class AgentException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
