using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Keys;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Grains.Persistence;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Grains.Federations;

/// <summary>Configuration, roster and lifecycle of one federation.</summary>
[Reentrant]
public sealed class FederationGrain(
    [PersistentState("federation", StateStore.Name)] IPersistentState<FederationRecord> state,
    IFederationKeys keys,
    TimeProvider time,
    ILogger<FederationGrain> logger) : DurableGrain<FederationRecord>(state, time), IFederationGrain
{
    private FrozenDictionary<string, string>? _clusters;

    private string Name => this.GetPrimaryKeyString();

    public async Task Create(
        FederationSettings settings, string initialModel, string layoutHash, long parameters, Extractor? extractor)
    {
        SettingsValidator.Validate(settings);
        var description = new FederationDescription(
            settings,
            initialModel,
            layoutHash,
            parameters,
            FederationState.Running,
            keys.GetOrCreate(Name),
            extractor);
        if (Durable.Latest.Description is { } existing)
        {
            if (existing.PublicKey != description.PublicKey)
            {
                throw new InvalidOperationException(
                    $"the key of federation '{Name}' is not the one that it was created with; restore it from a backup");
            }

            if (!Same(existing with { State = FederationState.Running }, description))
            {
                throw new RefusedException(
                    RefusalCode.FederationExists,
                    $"federation '{Name}' exists with other settings",
                    "settings are immutable: create a federation of another name");
            }

            await Durable.SettleAsync();
        }
        else
        {
            await Durable.ChangeAsync(state => state with { Description = description });
            Log.FederationCreated(logger, Name, settings.Clusters.Count, settings.Roster.Count);
            foreach (var warning in description.Warnings)
                Log.SettingsWarning(logger, Name, warning);
        }

        await GrainFactory.GetGrain<IGlobalAggregatorGrain>(Name).Start();
        await Task.WhenAll(settings.Clusters.Select(cluster => Cluster(cluster).Start()));
    }

    public Task<FederationDescription> Describe() => Task.FromResult(Description());

    public Task<FederationDescription> DescribeTier(string tier)
    {
        var description = Description();
        var settings = description.Settings;
        if (tier == TierNames.Global)
            return Task.FromResult(description with { Settings = settings with { Roster = [] } });
        if (!settings.Clusters.Contains(tier))
        {
            throw new RefusedException(
                RefusalCode.UnknownCluster,
                $"federation '{Name}' has no cluster '{tier}'",
                $"its clusters are {string.Join(", ", settings.Clusters)}");
        }

        RosterEntry[] members = [.. settings.Roster.Where(entry => entry.Cluster == tier)];
        return Task.FromResult(description with { Settings = settings with { Roster = members } });
    }

    public Task<RosterPlace> Locate(string participant)
    {
        var description = Description();
        // It never changes.
        _clusters ??= description.Settings.Roster.ToFrozenDictionary(
            entry => entry.Name, entry => entry.Cluster, StringComparer.Ordinal);
        var cluster = _clusters.GetValueOrDefault(participant) ?? throw new RefusedException(
            RefusalCode.UnknownParticipant,
            $"federation '{Name}' does not know participant '{participant}'",
            "ask a steward to put it on the roster, or check its name");
        return Task.FromResult(new RosterPlace(
            description with { Settings = description.Settings with { Roster = [] } }, cluster));
    }

    public async Task<TierDeadlines> SetDeadline(DeadlineTier tier, DeadlineOrder order)
    {
        var created = Description().Settings;
        var next = Durable.Latest.Change(tier, order, Time.GetUtcNow());
        try
        {
            SettingsValidator.Validate(next.InForce().In(created));
        }
        catch (RefusedException refused)
        {
            throw new RefusedException(refused.Code, refused.Message, "order a deadline that fits the other settings");
        }

        if (next != Durable.Latest)
        {
            await Durable.ChangeAsync(_ => next);
            Log.DeadlineChanged(logger, Name, tier, order.Seconds, order.By, order.Reason);
        }

        await Durable.SettleAsync();
        // Tiers that are not reached ask by themselves: with their next activation or reminder.
        await Task.WhenAll(tier == DeadlineTier.Global
            ? [GrainFactory.GetGrain<IGlobalAggregatorGrain>(Name).Reconfigure()]
            : created.Clusters.Select(cluster => Cluster(cluster).Reconfigure()));
        return await GetDeadlines();
    }

    public Task<TierDeadlines> GetDeadlines()
    {
        _ = Description();
        return Task.FromResult(Durable.Committed.InForce());
    }

    public async Task<FederationStatus> GetStatus()
    {
        var description = Description();
        var settings = description.Settings;
        var global = GrainFactory.GetGrain<IGlobalAggregatorGrain>(Name).GetStatus();
        var clusters = Task.WhenAll(settings.Clusters.Select(cluster => Cluster(cluster).GetStatus()));
        var members = await Task.WhenAll(settings.Clusters.Select(cluster => Cluster(cluster).GetMembers()));
        var seen = members.SelectMany(list => list).ToDictionary(member => member.Name, StringComparer.Ordinal);
        var participants = settings.Roster
            .Select(entry => seen.GetValueOrDefault(entry.Name)
                ?? new ParticipantStatus(
                    entry.Name,
                    entry.Cluster,
                    Accepted: 0,
                    LastStaleness: 0,
                    LastSeen: null,
                    Suspended: false,
                    LastContribution: null,
                    Buffered: false))
            .ToArray();
        return new FederationStatus(
            settings.Name,
            settings.Task,
            settings.Mode,
            description.State,
            settings.TargetVersions,
            await global,
            await clusters,
            participants,
            description.Parameters,
            description.Extractor?.Parameters ?? 0);
    }

    public async Task<FederationSummary> Summarise()
    {
        var description = Description();
        var settings = description.Settings;
        var global = await GrainFactory.GetGrain<IGlobalAggregatorGrain>(Name).GetStatus();
        return new FederationSummary(
            settings.Name,
            settings.Task,
            settings.Mode,
            description.State,
            global.Version,
            settings.TargetVersions,
            settings.Clusters.Count,
            settings.Roster.Count);
    }

    public async Task Finish()
    {
        if (Description().State == FederationState.Finished)
        {
            await Durable.SettleAsync();
            return;
        }

        await Durable.ChangeAsync(
            state => state with { Description = state.Description! with { State = FederationState.Finished } });
        Log.FederationFinished(logger, Name);
    }

    private IClusterAggregatorGrain Cluster(string cluster) =>
        GrainFactory.GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(Name, cluster));

    /// <summary>As it is written: nobody joins a federation that a crash would undo.</summary>
    private FederationDescription Description() => Durable.Committed.Description is { } description
        ? description with { Settings = Durable.Committed.InForce().In(description.Settings) }
        : throw new RefusedException(
            RefusalCode.UnknownFederation,
            $"federation '{Name}' is not known here",
            "check its name, or create it with PUT /v1/federations/{name}");

    // Records compare lists by reference; their JSON compares them by content, and the model's too, whatever its spaces.
    private static bool Same(FederationDescription left, FederationDescription right) => JsonNode.DeepEquals(
        JsonSerializer.SerializeToNode(left, FedJson.Options), JsonSerializer.SerializeToNode(right, FedJson.Options));
}

/// <summary>Persistent state of a federation.</summary>
[GenerateSerializer, Immutable, Alias("fed.state.federation")]
public sealed record FederationRecord
{
    /// <summary>Of each tier.</summary>
    private const int MostChanges = 16;

    /// <summary>Null until the federation is created.</summary>
    [Id(0)] public FederationDescription? Description { get; init; }

    /// <summary>What stewards changed since, newest last; the settings in the description stay as they were.</summary>
    [Id(1)] public ImmutableList<DeadlineChange> Deadlines { get; init; } = [];

    /// <summary>Itself, if the tier's last change is this very one.</summary>
    public FederationRecord Change(DeadlineTier tier, DeadlineOrder order, DateTimeOffset now)
    {
        var last = Deadlines.FindLast(change => change.Tier == tier);
        if (last is not null && (last.Seconds, last.By, last.Reason) == (order.Seconds, order.By, order.Reason))
            return this;
        var known = Deadlines.Count(change => change.Tier == tier) < MostChanges
            ? Deadlines
            : Deadlines.RemoveAt(Deadlines.FindIndex(change => change.Tier == tier));
        return this with
        {
            Deadlines = known.Add(new DeadlineChange(tier, order.Seconds, order.By, order.Reason, now)),
        };
    }

    /// <summary>The deadlines of its creation, but for those that were changed.</summary>
    public TierDeadlines InForce()
    {
        var created = Description!.Settings;
        return new TierDeadlines(
            Last(DeadlineTier.Cluster) ?? created.ClusterTier.DeadlineSeconds,
            Last(DeadlineTier.Global) ?? created.GlobalTier.DeadlineSeconds,
            [.. Deadlines]);

        double? Last(DeadlineTier tier) => Deadlines.FindLast(change => change.Tier == tier)?.Seconds;
    }
}
