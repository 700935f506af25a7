using System.Collections.Immutable;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Participants;
using Fed.Contracts.Versions;
using Fed.Grains.Versions;
using Orleans;

namespace Fed.Grains.Clusters;

/// <summary>
/// Persistent state of a cluster aggregator, replaced as a whole by pure transitions: what is written is one consistent
/// moment, whenever the write happens.
/// </summary>
[GenerateSerializer, Immutable, Alias("fed.state.cluster")]
public sealed record ClusterState
{
    public const int MostSuspended = 256;
    private const int MostResumed = 16;

    /// <summary>-1 until the first version is committed.</summary>
    [Id(0)] public long Version { get; init; } = -1;

    [Id(1)] public string ModelSha256 { get; init; } = "";

    [Id(2)] public string ManifestSha256 { get; init; } = "";

    [Id(3)] public long GlobalVersion { get; init; }

    /// <summary>The ledger: contributions in order of acceptance.</summary>
    [Id(4)] public ImmutableList<PendingContribution> Pending { get; init; } = [];

    /// <summary>When the oldest pending contribution opened the buffer.</summary>
    [Id(5)] public DateTimeOffset BufferOpenedAt { get; init; }

    /// <summary>Versions that contributions may be based on, oldest first.</summary>
    [Id(6)] public ImmutableList<BaseVersion> Bases { get; init; } = [];

    /// <summary>Aggregates that the global tier has not acknowledged.</summary>
    [Id(8)] public ImmutableList<ClusterAggregate> Outbox { get; init; } = [];

    /// <summary>Sequence number of the last aggregate.</summary>
    [Id(9)] public long LastAggregate { get; init; }

    /// <summary>True between a fold and the global version that it waits for.</summary>
    [Id(10)] public bool AwaitingGlobal { get; init; }

    /// <summary>The cluster's own fold while it waits, for specialisation or release; null: the model itself.</summary>
    [Id(11)] public string? OwnModel { get; init; }

    [Id(12)] public bool Finished { get; init; }

    [Id(13)] public long Accepted { get; init; }

    [Id(14)] public long StalenessSum { get; init; }

    [Id(15)] public long StalenessMax { get; init; }

    [Id(16)] public long BytesAccepted { get; init; }

    /// <summary>Global versions that rollbacks have withdrawn.</summary>
    [Id(17)] public ImmutableList<VersionRange> Withdrawn { get; init; } = [];

    /// <summary>When the wait for the global version began.</summary>
    [Id(18)] public DateTimeOffset HeldSince { get; init; }

    /// <summary>Versions that the registry has not acknowledged, oldest first.</summary>
    [Id(19)] public ImmutableList<VersionRecord> Unrecorded { get; init; } = [];

    /// <summary>Whom stewards have suspended, newest last; at most <see cref="MostSuspended"/>.</summary>
    [Id(20)] public ImmutableList<Suspension> Suspended { get; init; } = [];

    /// <summary>The newest suspensions that have ended, newest last.</summary>
    [Id(21)] public ImmutableList<Resumption> Resumed { get; init; } = [];

    /// <summary>When the version was; default: it was before this was kept.</summary>
    [Id(22)] public DateTimeOffset CommittedAt { get; init; }

    /// <summary>The silo that has written it; null: before this was kept.</summary>
    [Id(23)] public string? Silo { get; init; }

    /// <summary>When it was written last, as far as it says so itself.</summary>
    public DateTimeOffset WrittenAt =>
        Pending.IsEmpty || Pending[^1].Receipt.AcceptedAt < CommittedAt ? CommittedAt : Pending[^1].Receipt.AcceptedAt;

    public bool IsSuspended(string participant) => Suspended.Exists(known => known.Participant == participant);

    public ClusterState Suspend(string participant, StewardOrder order, DateTimeOffset now) => this with
    {
        Suspended = Suspended.Add(new Suspension(participant, order.By, order.Reason, now)),
    };

    /// <summary>Of who is suspended.</summary>
    public ClusterState Resume(string participant, StewardOrder order, DateTimeOffset now)
    {
        var ended = Suspended.Find(known => known.Participant == participant)!;
        var resumed = Resumed.Add(new Resumption(ended, order.By, order.Reason, now));
        return this with
        {
            Suspended = Suspended.Remove(ended),
            Resumed = resumed.RemoveRange(0, Math.Max(0, resumed.Count - MostResumed)),
        };
    }

    public ClusterState Accept(PendingContribution contribution, long bytes, DateTimeOffset now) => this with
    {
        Pending = Pending.Add(contribution),
        BufferOpenedAt = Pending.IsEmpty ? now : BufferOpenedAt,
        Accepted = Accepted + 1,
        StalenessSum = StalenessSum + contribution.Receipt.Staleness,
        StalenessMax = Math.Max(StalenessMax, contribution.Receipt.Staleness),
        BytesAccepted = BytesAccepted + bytes,
    };

    /// <summary>The first contributions of the ledger are consumed and their aggregate is on its way up.</summary>
    public ClusterState Consume(int consumed, FoldResult result, string cluster, string manifest)
    {
        var rest = Pending.RemoveRange(0, consumed);
        var aggregate = new ClusterAggregate(
            cluster, LastAggregate + 1, result.SumsSha256!, result.Weight, result.Count, GlobalVersion, manifest);
        return this with
        {
            Pending = rest,
            BufferOpenedAt = rest.IsEmpty ? default : rest[0].Receipt.AcceptedAt,
            Outbox = Outbox.Add(aggregate),
            LastAggregate = aggregate.Sequence,
        };
    }

    /// <summary>The next version, with the bases that contributions of allowed staleness may name.</summary>
    /// <param name="hash">Of the manifest.</param>
    public ClusterState Publish(VersionManifest manifest, string hash, int maxStaleness) => this with
    {
        Version = manifest.Number,
        ModelSha256 = manifest.ModelSha256,
        ManifestSha256 = hash,
        CommittedAt = manifest.CommittedAt,
        OwnModel = null,
        AwaitingGlobal = false,
        Bases = Bases.RemoveAll(known => manifest.Number - known.Version > maxStaleness)
            .Add(new BaseVersion(manifest.Number, manifest.ModelSha256, GlobalVersion)),
        Unrecorded = Unrecorded.Add(VersionRecords.Of(manifest, hash)),
    };

    /// <summary>
    /// The fold is on its way up, and the cluster's next version is the global one, which it waits for.
    /// </summary>
    /// <param name="ownModel">The fold's model, for specialisation or release; null: it has none.</param>
    public ClusterState Hold(string? ownModel, string manifest, DateTimeOffset now) => this with
    {
        ManifestSha256 = manifest,
        OwnModel = ownModel,
        AwaitingGlobal = true,
        HeldSince = now,
    };

    /// <summary>Descends from this global version from now on; what is quarantined leaves the ledger.</summary>
    public ClusterState Follow(GlobalView global) => this with
    {
        Pending = Pending.RemoveAll(IsQuarantined),
        GlobalVersion = global.Version,
        Finished = global.Finished,
    };

    /// <summary>
    /// The oldest aggregate that is to go up, of this state as it is written: what a crash could still undo is not sent,
    /// for it could be folded otherwise afterwards.
    /// </summary>
    /// <param name="latest">The same state with what has changed since.</param>
    public ClusterAggregate? NextAggregate(ClusterState latest) => Outbox.Find(latest.Outbox.Contains);

    /// <summary>The oldest version that the registry is to hear of, likewise.</summary>
    public VersionRecord? NextRecord(ClusterState latest) => Unrecorded.Find(latest.Unrecorded.Contains);

    /// <summary>The global tier has taken or refused an aggregate.</summary>
    public ClusterState Sent(ClusterAggregate aggregate) => this with
    {
        Outbox = Outbox.RemoveAll(sent => sent.Sequence == aggregate.Sequence),
    };

    /// <summary>The registry knows a version.</summary>
    public ClusterState Recorded(VersionRecord version) => this with
    {
        Unrecorded = Unrecorded.RemoveAll(known => known.Number == version.Number),
    };

    /// <summary>From now on nothing is taken that descends from these global versions.</summary>
    public ClusterState Withdraw(IEnumerable<VersionRange> versions) => this with
    {
        Withdrawn = [.. versions],
        Bases = Bases.RemoveAll(known => versions.Has(known.GlobalVersion)),
    };

    public bool IsQuarantined(PendingContribution pending) => Withdrawn.Has(pending.BaseGlobalVersion);

    public BlobRoots Roots() => new(
        ManifestSha256,
        [
            .. Pending.Select(pending => pending.Receipt.Sha256),
            .. Bases.Select(known => known.ModelSha256),
            .. Outbox.Select(aggregate => aggregate.SumsSha256),
            .. new[] { ModelSha256, OwnModel }.OfType<string>(),
        ]);

    /// <summary>How far a participant's contributions in the ledger have come; null when there are none.</summary>
    public Watermark? InLedger(string participant) =>
        Pending.FindLast(pending => pending.Participant == participant)?.Watermark;

    /// <summary>The newest version with this model; null when contributions can no longer be based on it.</summary>
    public BaseVersion? FindBase(string model) => Bases.FindLast(known => known.ModelSha256 == model);
}

/// <summary>A version that contributions may still be based on.</summary>
/// <param name="GlobalVersion">The global version that it descends from.</param>
[GenerateSerializer, Immutable, Alias("fed.state.base")]
public sealed record BaseVersion(
    [property: Id(0)] long Version,
    [property: Id(1)] string ModelSha256,
    [property: Id(2)] long GlobalVersion);

/// <summary>One acknowledged contribution that no version has consumed yet.</summary>
/// <param name="Divisor">What it adds to the divisor of the mean.</param>
/// <param name="BaseVersion">The cluster version that it was trained from.</param>
/// <param name="BaseGlobalVersion">The global version that that one descends from.</param>
/// <param name="Norm">L2 norm of the delta, for metrics alone; 0: not known.</param>
[GenerateSerializer, Immutable, Alias("fed.state.pending")]
public sealed record PendingContribution(
    [property: Id(0)] Receipt Receipt,
    [property: Id(1)] long Divisor,
    [property: Id(2)] long BaseVersion,
    [property: Id(3)] long BaseGlobalVersion,
    [property: Id(4)] double Norm = 0)
{
    public string Participant => Receipt.Participant;

    public Watermark Watermark => new(Receipt, BaseVersion);
}
