using Fed.Contracts;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Grains.Persistence;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Grains.Versions;

/// <summary>The version DAG of one federation, the channels that point into it, and how far back it is kept.</summary>
[Reentrant]
public sealed class ModelRegistryGrain(
    [PersistentState("registry", StateStore.Name)] IPersistentState<RegistryState> state,
    ManifestStore manifests,
    TimeProvider time) : DurableGrain<RegistryState>(state, time), IModelRegistryGrain
{
    private Task _order = Task.CompletedTask;

    private string Federation => this.GetPrimaryKeyString();

    private RegistryState State => Durable.Latest;

    /// <summary>What anybody may see.</summary>
    private RegistryState Written => Durable.Committed;

    public async Task Record(
        VersionRecord version, IReadOnlyList<VersionRange> withdrawn, CancellationToken cancellationToken)
    {
        // Clusters hear of a rollback later than the global tier, and may tell of an older set.
        if (version.Tier == TierNames.Global)
            Durable.Change(state => state with { Withdrawn = [.. withdrawn] });
        // A page that stops with this silo does not answer, and the silo waits for what we are asked to end.
        await AddAsync(version).WaitAsync(cancellationToken);
        if (version.Kind == "rollback" && State.Stable is { } stable && State.Withdrawn.Has(stable.Version))
        {
            await MoveAsync("rollback", version, "registry", "what it pointed to was withdrawn")
                .WaitAsync(cancellationToken);
        }

        await Durable.SettleAsync();
    }

    public Task RecordEvaluation(string tier, long number, VersionEvaluation evaluation) =>
        Page(tier, number).PutEvaluation(number, evaluation);

    public async Task<ChannelView> Promote(PromotionRequest request)
    {
        var target = await Find(TierNames.Global, request.Version) ?? throw new RefusedException(
            RefusalCode.UnknownVersion,
            $"'{Federation}' has no global version {request.Version}",
            "name a version of tier global");
        if (target.Withdrawn)
        {
            throw new RefusedException(
                RefusalCode.VersionWithdrawn,
                $"global version {request.Version} is withdrawn",
                "promote a version that no rollback has withdrawn");
        }

        await MoveAsync("promote", target, request.By, request.Reason);
        return (await GetChannels())[1];
    }

    public async Task<RetentionView> Retain(RetentionRequest? request)
    {
        var floors = State.Retention?.Floors;
        if (request is not null)
        {
            floors = RetentionMark.Raise(State.Retention, State.Newest, request.Keep);
            if (!request.DryRun)
                await InOrder(() => RaiseAsync(request));
        }

        await Durable.SettleAsync();
        string?[] heads = [State.Stable?.ManifestSha256, State.Retention?.ManifestSha256];
        return new RetentionView(
            request is { DryRun: true } ? floors! : State.Retention?.Floors ?? RetentionMark.None,
            State.Stable?.Version,
            heads.OfType<string>().ToArray());
    }

    public async Task<IReadOnlyList<ChannelView>> GetChannels()
    {
        var newest = await GetVersions(TierNames.Global, 1);
        var stable = Written.Stable;
        return new[]
        {
            new ChannelView("candidate", newest.Count == 0 ? null : newest[0], Move: null),
            new ChannelView(
                TierNames.Stable,
                stable is null ? null : await Find(TierNames.Global, stable.Version),
                stable is null ? null : await Find(TierNames.Stable, stable.Move)),
        };
    }

    public async Task<VersionRecord?> Find(string tier, long number)
    {
        if (number > Written.Newest.GetValueOrDefault(tier, -1))
            return null;
        var page = await Page(tier, number).GetAll();
        return page.FirstOrDefault(version => version.Number == number) is { } found ? Marked(found) : null;
    }

    public async Task<IReadOnlyList<VersionRecord>> GetVersions(string? tier, int limit)
    {
        var tiers = Written.Newest.Where(newest => tier is null || newest.Key == tier);
        var versions = new List<VersionRecord>();
        foreach (var (name, newest) in tiers)
            versions.AddRange(await VersionPages.ReadAsync(GrainFactory, Federation, name, newest, limit));
        return versions.OrderByDescending(version => version.CommittedAt).Take(limit).Select(Marked).ToArray();
    }

    private IVersionPageGrain Page(string tier, long number) =>
        VersionPages.Of(GrainFactory, Federation, tier, number);

    private VersionRecord Marked(VersionRecord version) => version with
    {
        Withdrawn = Written.Withdrawn.Has(version.GlobalVersion),
        Collected = version.Number < (Written.Retention?.Floors.GetValueOrDefault(version.Tier) ?? 0)
            && (version.Tier != TierNames.Global || version.Number != Written.Stable?.Version),
    };

    /// <summary>The page first: a number that the state knows is there.</summary>
    private async Task AddAsync(VersionRecord version)
    {
        await Page(version.Tier, version.Number).Put(version);
        if (version.Number > State.Newest.GetValueOrDefault(version.Tier, -1))
        {
            Durable.Change(state => state with { Newest = state.Newest.SetItem(version.Tier, version.Number) });
        }
    }

    private Task MoveAsync(string kind, VersionRecord target, string by, string reason) =>
        InOrder(() => MoveNowAsync(kind, target, by, reason));

    /// <summary>One after the other: each names the one before, and nothing is promoted that is being given
    /// up.</summary>
    private Task InOrder(Func<Task> order) => _order = RunAfterAsync(_order, order);

    private static async Task RunAfterAsync(Task earlier, Func<Task> order)
    {
        // Who ordered the earlier one hears of its failure.
        await earlier.ConfigureAwait(
            ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        await order();
    }

    /// <summary>To where the channel is already is no move.</summary>
    private async Task MoveNowAsync(string kind, VersionRecord target, string by, string reason)
    {
        if (State.Stable?.Version != target.Number)
        {
            if (Marked(target).Collected)
                throw CollectedVersion.Refuse(target.Number);
            var manifest = StableChannel.Next(
                State.Stable, Federation, kind, target, by, reason, Time.GetUtcNow());
            var hash = await manifests.WriteAsync(manifest);
            await AddAsync(VersionRecords.Of(manifest, hash));
            Durable.Change(
                state => state with { Stable = new StableChannel(manifest.Number, hash, target.Number) });
        }

        await Durable.SettleAsync();
    }

    private async Task RaiseAsync(RetentionRequest request)
    {
        var floors = RetentionMark.Raise(State.Retention, State.Newest, request.Keep);
        if (floors != (State.Retention?.Floors ?? RetentionMark.None))
        {
            var manifest = RetentionMark.Next(State.Retention, Federation, floors, request, Time.GetUtcNow());
            var hash = await manifests.WriteAsync(manifest);
            await AddAsync(VersionRecords.Of(manifest, hash));
            Durable.Change(state => state with { Retention = new RetentionMark(manifest.Number, hash, floors) });
        }

        await Durable.SettleAsync();
    }
}
