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

    /// <summary>Versions that the registry has not acknowledged, oldest first.</summary>
    [Id(12)] public ImmutableList<VersionRecord> Unrecorded { get; init; } = [];

    /// <summary>Per cluster, the manifest of its last aggregate, which tells a duplicate from another one.</summary>
    [Id(13)]
    public ImmutableDictionary<string, string> LastManifests { get; init; } =
        ImmutableDictionary<string, string>.Empty;

    /// <summary>When the version was; default: it was before this was kept.</summary>
    [Id(14)] public DateTimeOffset CommittedAt { get; init; }

    /// <summary>The silo that has written it; null: before this was kept.</summary>
    [Id(15)] public string? Silo { get; init; }

    /// <summary>When it was written last, as far as it says so itself.</summary>
    public DateTimeOffset WrittenAt =>
        Pending.IsEmpty || Pending[^1].AcceptedAt < CommittedAt ? CommittedAt : Pending[^1].AcceptedAt;

    public GlobalState Accept(PendingAggregate pending) => PassOver(pending.Aggregate) with
    {
        Pending = Pending.Add(pending),
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
        LastManifests = LastManifests.SetItem(refused.Cluster, refused.ManifestSha256),
    };

    /// <summary>Whether this aggregate was taken, or refused, before.</summary>
    /// <exception cref="InvalidOperationException">It leaves a gap, or another one had its number.</exception>
    public bool Has(ClusterAggregate aggregate)
    {
        var last = LastSequences.GetValueOrDefault(aggregate.Cluster);
        if (aggregate.Sequence > last + 1)
        {
            throw new InvalidOperationException(
                $"aggregate {aggregate.Sequence} of cluster '{aggregate.Cluster}' does not follow {last}");
        }

        if (aggregate.Sequence == last
            && LastManifests.GetValueOrDefault(aggregate.Cluster, aggregate.ManifestSha256) != aggregate.ManifestSha256)
        {
            throw new InvalidOperationException(
                $"aggregate {last} of cluster '{aggregate.Cluster}' had the manifest "
                + $"{LastManifests[aggregate.Cluster]} before, and has {aggregate.ManifestSha256} now");
        }

        return aggregate.Sequence <= last;
    }

    /// <summary>The oldest version that the registry is to hear of, of this state as it is written.</summary>
    /// <param name="latest">The same state with what has changed since.</param>
    public VersionRecord? NextRecord(GlobalState latest) => Unrecorded.Find(latest.Unrecorded.Contains);

    /// <summary>The registry knows a version.</summary>
    public GlobalState Recorded(VersionRecord version) => this with
    {
        Unrecorded = Unrecorded.RemoveAll(known => known.Number == version.Number),
    };

    /// <summary>The next version, with an earlier one's model; what descends from those between leaves the
    /// ledger.</summary>
    /// <param name="hash">Of the manifest.</param>
    public GlobalState RollBack(VersionManifest manifest, string hash) => Publish(manifest, hash) with
    {
        Pending = Pending.RemoveAll(
            pending => manifest.Withdrawn!.Contains(pending.Aggregate.BaseGlobalVersion)),
        Withdrawn = Withdrawn.Withdraw(manifest.Withdrawn!),
    };

    /// <summary>The next version, which merges the first aggregates of the ledger.</summary>
    public GlobalState Merge(int consumed, VersionManifest manifest, string hash, bool finished)
    {
        var merged = Merged;
        foreach (var pending in Pending.GetRange(0, consumed))
            merged = merged.SetItem(pending.Aggregate.Cluster, pending.Aggregate.Sequence);
        return Publish(manifest, hash) with
        {
            Pending = Pending.RemoveRange(0, consumed),
            Merged = merged,
            Finished = finished,
        };
    }

    private GlobalState Publish(VersionManifest manifest, string hash) => this with
    {
        Version = manifest.Number,
        ModelSha256 = manifest.ModelSha256,
        ManifestSha256 = hash,
        CommittedAt = manifest.CommittedAt,
        OptimizerState = manifest.OptimizerState,
        Unrecorded = Unrecorded.Add(VersionRecords.Of(manifest, hash)),
    };
}

/// <summary>A cluster's aggregate that no global version has merged yet.</summary>
[GenerateSerializer, Immutable, Alias("fed.state.pending-aggregate")]
public sealed record PendingAggregate(
    [property: Id(0)] ClusterAggregate Aggregate,
    [property: Id(1)] long Staleness,
    [property: Id(2)] long Factor,
    [property: Id(3)] long Divisor,
    [property: Id(4)] DateTimeOffset AcceptedAt);
