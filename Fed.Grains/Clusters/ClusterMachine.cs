using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Core.Aggregation;
using Fed.Core.Robust;
using Fed.Grains.Federations;
using Fed.Grains.Tiers;
using Fed.Grains.Versions;

namespace Fed.Grains.Clusters;

/// <summary>
/// What the cluster tier decides and makes, as functions of its state: the facts for <see cref="TierMachine"/>, what a
/// step computes, and the manifest of what comes of it. The aggregator carries them out, and so does the simulation.
/// </summary>
/// <param name="settings">Of the federation.</param>
/// <param name="cohort">Of the cluster.</param>
internal sealed class ClusterMachine(FederationSettings settings, Cohort cohort)
{
    /// <summary>Contributions of one participant that may wait for folds which are due.</summary>
    private const int MostAhead = 2;

    private readonly BufferRule _buffer = TierRules.ClusterBuffer(settings, cohort);
    private readonly IRobustRule? _rule = TierRules.RuleOf(settings.ClusterTier);
    private readonly bool _gathersCohorts = TierRules.GathersCohorts(settings);

    /// <summary>Whether a fold becomes a version only when the global tier has merged it, or after a hold.</summary>
    public bool Holds => settings.Mode == FederationMode.Sync || settings.HoldSeconds > 0;

    /// <summary>K, as things are.</summary>
    public int GoalOf(ClusterState state) => BufferOf(state).Goal;

    /// <exception cref="RefusedException">Without the participant the cluster could not go on.</exception>
    public void RequireSuspendable(ClusterState state, string participant)
    {
        if (state.Suspended.Count >= ClusterState.MostSuspended)
        {
            throw NotSuspendable(
                participant,
                $"{state.Suspended.Count} of cluster '{cohort.Cluster}' are, which is the most",
                "resume others first");
        }

        if (participant == cohort.Trusted)
        {
            throw NotSuspendable(
                participant,
                $"clusterTier.rule '{settings.ClusterTier.Rule}' compares all others with it",
                "create a federation in which another participant is trusted");
        }

        try
        {
            RuleChecks.RequireEnough(settings, cohort, state.Suspended.Count + 1);
        }
        catch (ArgumentException error)
        {
            throw NotSuspendable(
                participant, error.Message, "resume others first, or roll back what it has contributed");
        }
    }

    /// <param name="news">The newest global version that was heard of; null: none.</param>
    public TierFacts Facts(ClusterState state, GlobalView? news)
    {
        var (gathered, enough) = Gathered(state);
        return new TierFacts(
            state.Version,
            state.Finished,
            NewsIn(state, news),
            state.AwaitingGlobal,
            settings.Mode == FederationMode.Async ? state.HeldSince + TimeSpan.FromSeconds(settings.HoldSeconds) : null,
            gathered,
            enough,
            state.BufferOpenedAt,
            BufferOf(state));
    }

    /// <summary>The participants whose contribution to the open buffer is missing.</summary>
    public TierWait WaitIn(ClusterState state) => TierWait.For(
        state.Finished || state.AwaitingGlobal ? [] : Missing(state),
        state.Pending.IsEmpty ? null : state.BufferOpenedAt);

    /// <summary>
    /// Whether contributions come faster than folds take them out, and these are of whom: it gets no task until the next
    /// version. Else the ledger, which is written as a whole, would grow as long as that goes on, and what is in it
    /// would be older when it is folded than its weight says. What is being trained already is taken all the same.
    /// </summary>
    public bool IsAhead(ClusterState state, string participant) => state.Pending.Count >= 2 * GoalOf(state)
        && Gathered(state).Enough
        && state.Pending.Count(pending => pending.Participant == participant) >= MostAhead;

    /// <summary>What a fold takes out of the buffer.</summary>
    public FoldBatch Take(ClusterState state) => _rule is null
        ? FoldBatch.First(state.Pending.Select(InputOf), TierRules.MostInputs(settings, cohort))
        : OnePerSender(state);

    public FoldRequest RequestOf(ClusterState state, FoldBatch batch) => new(
        state.ModelSha256,
        // By cohort: who is suspended is missing like anybody else, and counts as no change. So SCAFFOLD's c remains
        // the mean of all c_i, theirs included.
        TierRules.Close(settings.Arithmetic, batch.Inputs, _buffer.Goal),
        settings.Arithmetic,
        Optimizer: null,
        OptimizerState: null,
        KeepModel: settings.Mode == FederationMode.Async || settings.Specialisation > 0,
        KeepSums: true,
        settings.ClusterTier.Rule,
        batch.Reference);

    public VersionManifest Initial(ClusterState state, string model, DateTimeOffset now) =>
        NewManifest(state, "initial", model, now);

    public VersionManifest Release(ClusterState state, DateTimeOffset now) =>
        NewManifest(state, "release", state.OwnModel!, now);

    public VersionManifest Fold(
        ClusterState state, FoldBatch batch, FoldRequest request, FoldResult result, DateTimeOffset now) =>
        NewManifest(state, "fold", result.ModelSha256 ?? state.ModelSha256, now) with
        {
            BaseModel = state.ModelSha256,
            Contributions = [.. state.Pending.Take(batch.Consumed).Select(item => item.Receipt)],
            Inputs = request.Inputs,
            Rule = request.Rule,
            Reference = request.Reference,
            SumsSha256 = result.SumsSha256,
            Arithmetic = request.Arithmetic,
        };

    /// <summary>The contributions are consumed, and what they made is a version or waits to be one.</summary>
    public ClusterState Folded(
        ClusterState state, int consumed, FoldResult result, VersionManifest manifest, string hash, DateTimeOffset now)
    {
        var next = state.Consume(consumed, result, cohort.Cluster, hash);
        return Holds
            ? next.Hold(result.ModelSha256, hash, now)
            : next.Publish(manifest, hash, settings.ClusterTier.MaxStaleness);
    }

    /// <summary>The model that a cluster of some specialisation mixes into the global one; null: it takes that as it
    /// is.</summary>
    public string? OwnPart(ClusterState state, GlobalView global) =>
        settings.Specialisation > 0 && Own(state) != global.ModelSha256 ? Own(state) : null;

    /// <param name="model">The global one, or what was mixed of it.</param>
    public VersionManifest Adopt(ClusterState state, GlobalView global, string model, DateTimeOffset now) =>
        NewManifest(state, "adopt", model, now) with
        {
            BaseModel = Own(state),
            Parents = [state.ManifestSha256, global.ManifestSha256],
            Specialisation = settings.Specialisation,
            GlobalVersion = global.Version,
        };

    /// <summary>
    /// The restored global model as it is, for the cluster's own direction descends from what is withdrawn.
    /// Contributions that do leave the ledger for this manifest, and count for nothing.
    /// </summary>
    public VersionManifest Restore(ClusterState state, GlobalView global, DateTimeOffset now) =>
        NewManifest(state, "rollback", global.ModelSha256, now) with
        {
            Parents = [state.ManifestSha256, global.ManifestSha256],
            Quarantined = [.. state.Pending.Where(state.IsQuarantined).Select(item => item.Receipt)],
            GlobalVersion = global.Version,
        };

    public ClusterState Published(ClusterState state, VersionManifest manifest, string hash) =>
        state.Publish(manifest, hash, settings.ClusterTier.MaxStaleness);

    private static string Own(ClusterState state) => state.OwnModel ?? state.ModelSha256;

    private static TierNews NewsIn(ClusterState state, GlobalView? news)
    {
        if (news is null || (news.Version <= state.GlobalVersion && !(news.Finished && !state.Finished)))
            return TierNews.None;
        return news.Withdrawn.Has(state.GlobalVersion)
            || state.Pending.Exists(pending => news.Withdrawn.Has(pending.BaseGlobalVersion))
                ? TierNews.Restored
                : TierNews.Newer;
    }

    /// <summary>
    /// What counts towards the goal, and whether the rule can combine it. Where a whole cohort waits for the global
    /// version, that is who has contributed to the current one: a late contribution in somebody's place would make that
    /// one late in turn, and soon everybody. Twice the cohort closes the buffer in any case.
    /// </summary>
    private (int Gathered, bool Enough) Gathered(ClusterState state)
    {
        if (state.Pending.IsEmpty)
            return (0, false);
        if (_rule is null)
        {
            var all = !_gathersCohorts || state.Pending.Count >= 2 * GoalOf(state);
            return (all ? state.Pending.Count : FreshIn(state), true);
        }

        var batch = OnePerSender(state);
        var senders = batch.Inputs.Count + (batch.Reference is null ? 0 : 1);
        return (
            _gathersCohorts ? FreshIn(state) : senders,
            batch.Inputs.Count >= _rule.Least && (batch.Reference is not null || !_rule.NeedsReference));
    }

    private string[] Missing(ClusterState state)
    {
        var here = state.Pending.Where(pending => IsOfThisRound(state, pending))
            .Select(pending => pending.Participant)
            .ToHashSet(StringComparer.Ordinal);
        here.UnionWith(state.Suspended.Select(known => known.Participant));
        return [.. cohort.Members.Where(name => !here.Contains(name))];
    }

    /// <summary>What is in the buffer counts towards its goal, also of who was suspended since.</summary>
    private BufferRule BufferOf(ClusterState state)
    {
        if (state.Suspended.IsEmpty)
            return _buffer;
        var away = state.Suspended.Count(known => !state.Pending.Exists(
            pending => pending.Participant == known.Participant && IsOfThisRound(state, pending)));
        return TierRules.ClusterBuffer(settings, cohort, away);
    }

    /// <summary>Where cohorts are gathered, a late contribution is not the one that the round waits for.</summary>
    private bool IsOfThisRound(ClusterState state, PendingContribution pending) =>
        !_gathersCohorts || pending.BaseVersion == state.Version;

    private static RefusedException NotSuspendable(string participant, string reason, string remedy) =>
        new(RefusalCode.InvalidRequest, $"participant '{participant}' can't be suspended: {reason}", remedy);

    /// <summary>Nobody contributes twice to one version.</summary>
    private static int FreshIn(ClusterState state) =>
        state.Pending.Count(pending => pending.BaseVersion == state.Version);

    private FoldBatch OnePerSender(ClusterState state) => FoldBatch.OnePerSender(
        [.. state.Pending.Select(item => (item.Receipt.Participant, InputOf(item)))],
        TierRules.NeedsReference(_rule) ? cohort.Trusted : null);

    private static FoldInputReference InputOf(PendingContribution item) =>
        new(item.Receipt.Sha256, item.Receipt.Weight, item.Divisor, Count: 1);

    private VersionManifest NewManifest(ClusterState state, string kind, string model, DateTimeOffset now) => new()
    {
        Federation = settings.Name,
        Tier = cohort.Cluster,
        Number = state.Version + 1,
        Kind = kind,
        ModelSha256 = model,
        Parents = state.ManifestSha256.Length > 0 ? [state.ManifestSha256] : [],
        GlobalVersion = state.GlobalVersion,
        CommittedAt = now,
    };
}
