namespace Fed.Client.Agent;

/// <summary>Something on this side that a person has to mend; the message says what and how.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
public sealed class AgentException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
