using Orleans;

namespace Fed.Contracts.Aggregation;

/// <summary>One aggregator (a cluster, or the global one under the key <c>global</c>), as shown to people.</summary>
/// <param name="Buffered">Contributions in the buffer.</param>
/// <param name="Goal">K of the buffer.</param>
/// <param name="StalenessMean">Over all accepted contributions.</param>
/// <param name="Accuracy">Example-weighted, of the newest evaluated version; null before the first report.</param>
/// <param name="BytesAccepted">Sum of the sizes of accepted updates.</param>
[GenerateSerializer, Immutable, Alias("fed.tier-status")]
public sealed record TierStatus(
    [property: Id(0)] string Key,
    [property: Id(1)] long Version,
    [property: Id(2)] string ModelSha256,
    [property: Id(3)] int Buffered,
    [property: Id(4)] int Goal,
    [property: Id(5)] long Accepted,
    [property: Id(6)] double StalenessMean,
    [property: Id(7)] long StalenessMax,
    [property: Id(8)] double? Accuracy,
    [property: Id(9)] long BytesAccepted);
