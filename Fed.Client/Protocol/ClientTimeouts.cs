namespace Fed.Client.Protocol;

/// <summary>Every time-out of a participant's connection: two are chosen, the other follows.</summary>
public sealed record ClientTimeouts
{
    /// <summary>How long the server may hold a task poll; the protocol allows 0 to 25 s.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a request may go on without a byte moving before it counts as failed.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For a TCP (and TLS) connection to stand.</summary>
    public TimeSpan Connect => Patience / 3;
}
