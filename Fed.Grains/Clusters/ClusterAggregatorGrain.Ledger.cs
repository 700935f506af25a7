using Fed.Contracts.Aggregation;
using Fed.Contracts.Versions;

namespace Fed.Grains.Clusters;

/// <summary>What audits and collections ask.</summary>
public sealed partial class ClusterAggregatorGrain
{
    public async Task<ClusterLedger> GetLedger()
    {
        await EnsureStartedAsync();
        await _state.SettleAsync();
        return new ClusterLedger(State.ManifestSha256, [.. State.Pending.Select(item => item.Receipt)]);
    }

    public async Task<BlobRoots> GetRoots()
    {
        await EnsureStartedAsync();
        var roots = State.Roots();
        // What is on the disk is not older then: nothing else will be read after a crash.
        await _state.SettleAsync();
        return roots;
    }
}
