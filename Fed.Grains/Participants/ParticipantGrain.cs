using System.Collections.Immutable;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Grains.Clusters;
using Fed.Grains.Persistence;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Grains.Participants;

/// <summary>
/// A participant's registration, key and next task. Reentrant: a question must not hold up an update.
/// </summary>
[Reentrant]
public sealed class ParticipantGrain(
    [PersistentState("participant", StateStore.Name)] IPersistentState<ParticipantRecord> state,
    TimeProvider time,
    ILogger<ParticipantGrain> logger) : DurableGrain<ParticipantRecord>(state, time), IParticipantGrain
{
    private RosterPlace? _place;
    private long _lastEvaluated = -1;

    private string Federation => GrainKeys.Split(this.GetPrimaryKeyString()).Federation;

    private string Participant => GrainKeys.Split(this.GetPrimaryKeyString()).Name;

    public async Task<Enrolment> Enrol(EnrolmentRequest request)
    {
        var (description, cluster) = await LocateAsync();
        var settings = description.Settings;
        if (request.Cluster != cluster)
        {
            var known = settings.Clusters.Contains(request.Cluster);
            throw new RefusedException(
                RefusalCode.UnknownCluster,
                known
                    ? $"participant '{Participant}' belongs to cluster '{cluster}', not '{request.Cluster}'"
                    : $"federation '{Federation}' has no cluster '{request.Cluster}'",
                $"join with cluster '{cluster}'");
        }

        DataAgreement.Require(settings, request);
        await KeepKeyAsync(PublicKeys.Require(request.PublicKey));
        var view = await Cluster(cluster).GetView(Participant);
        return new Enrolment(
            Federation,
            Participant,
            cluster,
            settings.Task,
            view.LastSequence + 1,
            settings.Model,
            description.Extractor);
    }

    public async Task<string> GetPublicKey()
    {
        await LocateAsync();
        return RequireKey();
    }

    public async Task<ParticipantKey> ResetKey(StewardOrder order)
    {
        await LocateAsync();
        if (Durable.Latest.PublicKey is null)
            return await GetKey();
        await Durable.ChangeAsync(state => state.ResetKey(order, Time.GetUtcNow()));
        Log.KeyReset(logger, this.GetPrimaryKeyString(), order.By, order.Reason);
        return await GetKey();
    }

    public async Task<ParticipantKey> GetKey()
    {
        await LocateAsync();
        await Durable.SettleAsync();
        var state = Durable.Committed;
        return new ParticipantKey(
            state.PublicKey, state.PublicKey is null ? null : state.EnrolledAt, [.. state.KeyResets]);
    }

    public async Task<Suspensions> SetSuspended(bool suspended, StewardOrder order)
    {
        var (_, cluster) = await LocateAsync();
        return await (suspended
            ? Cluster(cluster).Suspend(Participant, order)
            : Cluster(cluster).Resume(Participant, order));
    }

    public async Task<TaskAnswer> NextTask(CancellationToken cancellationToken)
    {
        var (description, cluster) = await LocateAsync();
        RequireKey();
        var view = await Cluster(cluster).GetView(Participant).WaitAsync(cancellationToken);
        if (view.Suspended)
            throw Admission.Suspended(Federation, Participant);
        return new TaskAnswer(
            TaskPlanner.Plan(description, cluster, view, _lastEvaluated), cluster, view.Revision);
    }

    public async Task<OpenedOffer> Open(ContributionOffer offer, CancellationToken cancellationToken)
    {
        var (_, cluster) = await LocateAsync();
        var publicKey = RequireKey();
        try
        {
            var first = await Cluster(cluster).Check(offer, cancellationToken);
            return new OpenedOffer(publicKey, cluster, first, Refused: null);
        }
        catch (RefusedException refused)
        {
            // Told only to who can sign for the participant.
            return new OpenedOffer(publicKey, cluster, First: null, refused);
        }
    }

    public Task Confirm(CancellationToken cancellationToken) => Durable.ConfirmAsync().WaitAsync(cancellationToken);

    public async Task<Watermark> GetWatermark()
    {
        await Durable.SettleAsync();
        return Durable.Committed.Watermark;
    }

    public Task Settle(Watermark watermark) => watermark.Sequence > Durable.Latest.Watermark.Sequence
        ? Durable.ChangeAsync(state => state with { Watermark = watermark })
        : Durable.SettleAsync();

    public async Task Report(EvaluationReport report)
    {
        var (_, cluster) = await LocateAsync();
        RequireKey();
        if (report.Examples < 1
            || report.Correct < 0
            || report.Correct > report.Examples
            || !double.IsFinite(report.Loss))
        {
            throw new RefusedException(
                RefusalCode.InvalidRequest,
                $"{report.Correct} correct of {report.Examples} examples with loss {report.Loss} is no evaluation",
                "report at least one example, 0 to that many correct, and a finite loss");
        }

        var view = await Cluster(cluster).GetView(Participant);
        if (view.Suspended)
            throw Admission.Suspended(Federation, Participant);
        if (report.Version > view.Version || (report.Version == view.Version && report.ModelSha256 != view.ModelSha256))
        {
            throw new RefusedException(
                RefusalCode.UnknownVersion,
                $"cluster '{cluster}' has no version {report.Version} with model {report.ModelSha256}; its newest is "
                + $"{view.Version} with model {view.ModelSha256}",
                "report on the version and model that the task named");
        }

        await Cluster(cluster).ReportEvaluation(Participant, report);
        _lastEvaluated = Math.Max(_lastEvaluated, report.Version);
    }

    private IClusterAggregatorGrain Cluster(string cluster) =>
        GrainFactory.GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(Federation, cluster));

    private async Task<RosterPlace> LocateAsync() =>
        _place ??= await GrainFactory.GetGrain<IFederationGrain>(Federation).Locate(Participant);

    private async Task KeepKeyAsync(string publicKey)
    {
        if (Durable.Latest.PublicKey is { } known)
        {
            if (known != publicKey)
            {
                throw new RefusedException(
                    RefusalCode.SignatureInvalid,
                    $"participant '{Participant}' has enrolled with another key",
                    "use the state folder that holds that key; if it is lost, ask a steward for "
                    + $"'fed admin reset-key {Participant} --federation {Federation}' and start again");
            }

            await Durable.SettleAsync();
            return;
        }

        if (Durable.Latest.ResetOf(publicKey) is { } reset)
        {
            throw new RefusedException(
                RefusalCode.SignatureInvalid,
                $"the key of participant '{Participant}' was reset by a steward at {reset.At:u} and is not taken again",
                "start the agent with a new state folder: it makes a new key");
        }

        await Durable.ChangeAsync(state => state with { PublicKey = publicKey, EnrolledAt = Time.GetUtcNow() });
    }

    private string RequireKey() => Durable.Committed.PublicKey ?? throw new RefusedException(
        RefusalCode.NotEnrolled,
        $"participant '{Participant}' has not enrolled",
        "PUT its enrolment first");
}

/// <summary>
/// Persistent state of a participant. Contributions beyond its watermark stand in the cluster's ledger.
/// </summary>
[GenerateSerializer, Immutable, Alias("fed.state.participant")]
public sealed record ParticipantRecord
{
    private const int MostResets = 16;

    /// <summary>Base64 SubjectPublicKeyInfo; null until it has enrolled.</summary>
    [Id(0)] public string? PublicKey { get; init; }

    [Id(1)] public DateTimeOffset EnrolledAt { get; init; }

    [Id(2)] public Watermark Watermark { get; init; } = Watermark.None;

    /// <summary>What stewards have reset, newest last.</summary>
    [Id(3)] public ImmutableList<KeyReset> KeyResets { get; init; } = [];

    /// <summary>The enrolled key is no longer the participant's.</summary>
    public ParticipantRecord ResetKey(StewardOrder order, DateTimeOffset now)
    {
        var resets = KeyResets.Add(new KeyReset(PublicKeys.Canonical(PublicKey!), order.By, order.Reason, now));
        return this with
        {
            PublicKey = null,
            KeyResets = resets.RemoveRange(0, Math.Max(0, resets.Count - MostResets)),
        };
    }

    /// <summary>Null: this key was not reset. Whoever has a key that was lost is not to enrol with it again.</summary>
    public KeyReset? ResetOf(string publicKey) =>
        KeyResets.FindLast(reset => reset.PublicKey == PublicKeys.Canonical(publicKey));
}
