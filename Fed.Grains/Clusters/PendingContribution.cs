using Fed.Contracts.Participants;
using Orleans;

namespace Fed.Grains.Clusters;

/// <summary>One acknowledged contribution that no version has consumed yet.</summary>
/// <param name="Divisor">What it adds to the divisor of the mean.</param>
/// <param name="Signature">The participant's, kept with the contribution.</param>
[GenerateSerializer, Immutable, Alias("fed.state.pending")]
public sealed record PendingContribution(
    [property: Id(0)] Receipt Receipt,
    [property: Id(1)] long Divisor,
    [property: Id(2)] string Signature);
