using System.Collections.Immutable;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Versions;
using Fed.Grains.Versions;
using Orleans;

namespace Fed.Grains.Global;

/// <summary>Persistent state of the global aggregator, replaced as a whole by pure transitions.</summary>
[GenerateSerializer, Immutable, Alias("fed.state.global")]
public sealed record GlobalState
{
    /// <summary>-1 until the first version is committed.</summary>
    [Id(0)] public long Version { get; init; } = -1;

    [Id(1)] public string ModelSha256 { get; init; } = "";

    [Id(2)] public string ManifestSha256 { get; init; } = "";

    /// <summary>Blob of the server optimiser's moments; null while it has none.</summary>
    [Id(3)] public string? OptimizerState { get; init; }

    [Id(4)] public ImmutableList<PendingAggregate> Pending { get; init; } = [];

    /// <summary>Per cluster, the last aggregate that was accepted: the watermark against duplicates.</summary>
    [Id(5)]
    public ImmutableDictionary<string, long> LastSequences { get; init; } =
        ImmutableDictionary<string, long>.Empty;

    /// <summary>Per cluster, the last aggregate that the current version has merged.</summary>
    [Id(6)] public ImmutableDictionary<string, long> Merged { get; init; } = ImmutableDictionary<string, long>.Empty;

    [Id(7)] public bool Finished { get; init; }

    [Id(8)] public long Accepted { get; init; }

    [Id(9)] public long StalenessSum { get; init; }

    [Id(10)] public long StalenessMax { get; init; }

    /// <summary>Versions that rollbacks have withdrawn.</summary>
    [Id(11)] public ImmutableList<VersionRange> Withdrawn { get; init; } = [];

    public GlobalState Accept(PendingAggregate pending) => this with
    {
        Pending = Pending.Add(pending),
        LastSequences = LastSequences.SetItem(pending.Aggregate.Cluster, pending.Aggregate.Sequence),
        Accepted = Accepted + 1,
        StalenessSum = StalenessSum + pending.Staleness,
        StalenessMax = Math.Max(StalenessMax, pending.Staleness),
    };

    public BlobRoots Roots() => new(
        ManifestSha256,
        [
            .. Pending.Select(pending => pending.Aggregate.SumsSha256),
            .. new[] { ModelSha256, OptimizerState }.OfType<string>(),
        ]);

    /// <summary>An aggregate that is refused for good: the next one of its cluster follows it all the same.</summary>
    public GlobalState PassOver(ClusterAggregate refused) => this with
    {
        LastSequences = LastSequences.SetItem(refused.Cluster, refused.Sequence),
    };

    /// <summary>The next version, with an earlier one's model; what descends from those between leaves the
    /// ledger.</summary>
    public GlobalState RollBack(string model, string manifest, string? optimizerState, VersionRange withdrawn) => this with
    {
        Version = Version + 1,
        ModelSha256 = model,
        ManifestSha256 = manifest,
        OptimizerState = optimizerState,
        Pending = Pending.RemoveAll(pending => withdrawn.Contains(pending.Aggregate.BaseGlobalVersion)),
        Withdrawn = Withdrawn.Withdraw(withdrawn),
    };

    /// <summary>The next version, which merges the first aggregates of the ledger.</summary>
    public GlobalState Merge(int consumed, string model, string manifest, string? optimizerState, bool finished)
    {
        var merged = Merged;
        foreach (var pending in Pending.GetRange(0, consumed))
            merged = merged.SetItem(pending.Aggregate.Cluster, pending.Aggregate.Sequence);
        return this with
        {
            Version = Version + 1,
            ModelSha256 = model,
            ManifestSha256 = manifest,
            OptimizerState = optimizerState,
            Pending = Pending.RemoveRange(0, consumed),
            Merged = merged,
            Finished = finished,
        };
    }
}
