using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Core.Aggregation;
using Fed.Core.Robust;
using Fed.Grains.Federations;
using Fed.Grains.Tiers;
using Fed.Grains.Versions;

namespace Fed.Grains.Global;

/// <summary>
/// What the global tier decides and makes, as functions of its state: the facts for <see cref="TierMachine"/>, what a
/// step computes, and the manifest of what comes of it. The aggregator carries them out, and so does the simulation.
/// </summary>
internal sealed class GlobalMachine(FederationSettings settings)
{
    private readonly BufferRule _buffer = TierRules.GlobalBuffer(settings);
    private readonly IRobustRule? _rule = TierRules.RuleOf(settings.GlobalTier);

    public int Goal => _buffer.Goal;

    public TierFacts Facts(GlobalState state)
    {
        var gathered = _rule is null ? state.Pending.Count : OnePerSender(state).Inputs.Count;
        return new TierFacts(
            state.Version,
            state.Finished,
            TierNews.None,
            Awaiting: false,
            HoldUntil: null,
            gathered,
            _rule is null || gathered >= _rule.Least,
            state.Pending.IsEmpty ? default : state.Pending[0].AcceptedAt,
            _buffer);
    }

    /// <summary>The clusters of which no aggregate is in the buffer.</summary>
    public TierWait WaitIn(GlobalState state)
    {
        var here = state.Pending.Select(pending => pending.Aggregate.Cluster).ToHashSet(StringComparer.Ordinal);
        return TierWait.For(
            state.Finished ? [] : [.. settings.Clusters.Where(cluster => !here.Contains(cluster))],
            state.Pending.IsEmpty ? null : state.Pending[0].AcceptedAt);
    }

    /// <summary>What a fold takes out of the buffer.</summary>
    public FoldBatch Take(GlobalState state) =>
        _rule is null ? FoldBatch.First(state.Pending.Select(InputOf), Goal) : OnePerSender(state);

    public FoldRequest RequestOf(GlobalState state, FoldBatch batch) => new(
        state.ModelSha256,
        TierRules.Close(settings.Arithmetic, batch.Inputs, Goal),
        settings.Arithmetic,
        settings.Optimizer,
        state.OptimizerState,
        KeepModel: true,
        KeepSums: false,
        settings.GlobalTier.Rule,
        batch.Reference);

    /// <summary>The aggregate with its weights, as the buffer keeps it.</summary>
    /// <exception cref="RefusedException">It is refused for good; the state passes over it.</exception>
    public PendingAggregate Admit(GlobalState state, ClusterAggregate aggregate, DateTimeOffset now)
    {
        if (state.Withdrawn.Has(aggregate.BaseGlobalVersion))
        {
            throw new RefusedException(
                RefusalCode.VersionWithdrawn,
                $"the aggregate descends from global version {aggregate.BaseGlobalVersion}, which is withdrawn",
                "nothing: it is quarantined");
        }

        if (state.Finished)
        {
            throw new RefusedException(
                RefusalCode.FederationFinished,
                $"federation '{settings.Name}' has finished",
                "nothing: it is not needed");
        }

        var staleness = state.Version - aggregate.BaseGlobalVersion;
        var (factor, divisor) = TierRules.WeighAggregate(settings.Arithmetic, aggregate.Weight, staleness);
        return staleness <= settings.GlobalTier.MaxStaleness && factor > 0
            ? new PendingAggregate(aggregate, staleness, factor, divisor, now)
            : throw new RefusedException(
                RefusalCode.TooStale,
                $"the aggregate is {staleness} global versions old; at most {settings.GlobalTier.MaxStaleness} are "
                + "allowed, and its weight must not be 0",
                "raise globalTier.maxStaleness, or lower the goal of the slow cluster");
    }

    public VersionManifest Initial(GlobalState state, string model, DateTimeOffset now) =>
        NewManifest(state, "initial", model, now);

    public VersionManifest Fold(
        GlobalState state, FoldBatch batch, FoldRequest request, FoldResult result, DateTimeOffset now) =>
        NewManifest(state, "fold", result.ModelSha256!, now) with
        {
            BaseModel = state.ModelSha256,
            Parents =
            [
                state.ManifestSha256,
                .. state.Pending.Take(batch.Consumed).Select(item => item.Aggregate.ManifestSha256),
            ],
            Inputs = request.Inputs,
            Rule = request.Rule,
            OptimizerState = result.OptimizerState,
            PreviousOptimizerState = state.OptimizerState,
            Arithmetic = request.Arithmetic,
            Optimizer = request.Optimizer,
        };

    /// <summary>The next version, which merges the first aggregates of the buffer.</summary>
    public GlobalState Folded(GlobalState state, int consumed, VersionManifest manifest, string hash) => state.Merge(
        consumed, manifest, hash, settings.TargetVersions > 0 && manifest.Number >= settings.TargetVersions);

    /// <param name="target">Manifest of the version that is restored.</param>
    /// <param name="model">Its model; under SCAFFOLD, with the current control variate.</param>
    public VersionManifest Restore(
        GlobalState state,
        RollbackRequest request,
        string target,
        string model,
        string? optimizerState,
        DateTimeOffset now)
    {
        var withdrawn = new VersionRange(request.Version + 1, state.Version);
        return NewManifest(state, "rollback", model, now) with
        {
            BaseModel = state.ModelSha256,
            Parents = [state.ManifestSha256, target],
            OptimizerState = optimizerState,
            Withdrawn = withdrawn,
            QuarantinedAggregates =
            [
                .. state.Pending.Where(pending => withdrawn.Contains(pending.Aggregate.BaseGlobalVersion))
                    .Select(pending => pending.Aggregate.ManifestSha256),
            ],
            By = request.By,
            Reason = request.Reason,
        };
    }

    private static FoldBatch OnePerSender(GlobalState state) => FoldBatch.OnePerSender(
        [.. state.Pending.Select(item => (item.Aggregate.Cluster, InputOf(item)))], trusted: null);

    private static FoldInputReference InputOf(PendingAggregate item) =>
        new(item.Aggregate.SumsSha256, item.Factor, item.Divisor, item.Aggregate.Count);

    private VersionManifest NewManifest(GlobalState state, string kind, string model, DateTimeOffset now) => new()
    {
        Federation = settings.Name,
        Tier = TierNames.Global,
        Number = state.Version + 1,
        Kind = kind,
        GlobalVersion = state.Version + 1,
        ModelSha256 = model,
        CommittedAt = now,
    };
}
