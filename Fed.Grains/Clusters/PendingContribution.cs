using Fed.Contracts.Participants;
using Orleans;

namespace Fed.Grains.Clusters;

/// <summary>One acknowledged contribution that no version has consumed yet.</summary>
/// <param name="Divisor">What it adds to the divisor of the mean.</param>
/// <param name="BaseVersion">The cluster version that it was trained from.</param>
/// <param name="BaseGlobalVersion">The global version that that one descends from.</param>
[GenerateSerializer, Immutable, Alias("fed.state.pending")]
public sealed record PendingContribution(
    [property: Id(0)] Receipt Receipt,
    [property: Id(1)] long Divisor,
    [property: Id(2)] long BaseVersion,
    [property: Id(3)] long BaseGlobalVersion)
{
    public string Participant => Receipt.Participant;

    public Watermark Watermark => new(Receipt, BaseVersion);
}
