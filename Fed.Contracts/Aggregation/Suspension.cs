using Orleans;

namespace Fed.Contracts.Aggregation;

/// <summary>That a steward suspended a participant: it gets no tasks, and nothing is taken from it.</summary>
[GenerateSerializer, Immutable, Alias("fed.suspension")]
public sealed record Suspension(
    [property: Id(0)] string Participant,
    [property: Id(1)] string By,
    [property: Id(2)] string Reason,
    [property: Id(3)] DateTimeOffset At);

/// <summary>That a steward ended a suspension.</summary>
[GenerateSerializer, Immutable, Alias("fed.resumption")]
public sealed record Resumption(
    [property: Id(0)] Suspension Ended,
    [property: Id(1)] string By,
    [property: Id(2)] string Reason,
    [property: Id(3)] DateTimeOffset At);

/// <summary>The suspensions of one cluster.</summary>
/// <param name="Suspended">Those in force, the newest last.</param>
/// <param name="Resumed">Those that have ended, the newest last; of more than sixteen the oldest are forgotten.</param>
[GenerateSerializer, Immutable, Alias("fed.suspensions")]
public sealed record Suspensions(
    [property: Id(0)] IReadOnlyList<Suspension> Suspended,
    [property: Id(1)] IReadOnlyList<Resumption> Resumed);
