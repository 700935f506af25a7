using Orleans;

namespace Fed.Contracts;

/// <summary>What every order of a steward says; what it is about stands in the call.</summary>
/// <param name="By">Who orders it; is recorded.</param>
/// <param name="Reason">Why; is recorded too.</param>
[GenerateSerializer, Immutable, Alias("fed.steward-order")]
public sealed record StewardOrder([property: Id(0)] string By, [property: Id(1)] string Reason);
