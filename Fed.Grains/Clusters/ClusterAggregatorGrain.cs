using System.Runtime.ExceptionServices;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Grains.Federations;
using Fed.Grains.Persistence;
using Fed.Grains.Versions;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Grains.Clusters;

/// <summary>
/// A cluster's buffer and versions. Reentrant, so that contributions are accepted, and their writes grouped, while a
/// fold is under way; between two awaits it checks and changes its state as one step. Here: the calls; the work: the
/// other part.
/// </summary>
[Reentrant]
public sealed partial class ClusterAggregatorGrain : Grain, IClusterAggregatorGrain
{
    /// <summary>Participants whose standing is asked for when the cluster is asked for its members.</summary>
    private const int MostAsked = 256;

    private readonly IPersistentState<ClusterState> _state;
    private readonly ManifestStore _manifests;
    private readonly TimeProvider _time;
    private readonly ILogger<ClusterAggregatorGrain> _logger;
    private readonly GroupCommit _commit;
    private readonly ChangeSignal _changes;
    private readonly EvaluationBoard _evaluations = new();
    private readonly Dictionary<string, DateTimeOffset> _lastSeen = new(StringComparer.Ordinal);
    private readonly WatermarkCache _watermarks;
    private readonly BackgroundWork _versions;
    private readonly BackgroundWork _outbox;
    private FederationDescription? _description;
    private Cohort? _cohort;

    public ClusterAggregatorGrain(
        [PersistentState("cluster", StateStore.Name)] IPersistentState<ClusterState> state,
        ManifestStore manifests,
        TimeProvider time,
        ILogger<ClusterAggregatorGrain> logger)
    {
        _state = state;
        _manifests = manifests;
        _time = time;
        _logger = logger;
        _commit = GroupCommit.Of(this, state);
        _changes = new ChangeSignal(time);
        _watermarks = new WatermarkCache(name => Participant(name).GetWatermark());
        _versions = new BackgroundWork(this, "making versions", MakeVersionsAsync, logger);
        _outbox = new BackgroundWork(this, "sending aggregates", SendAggregatesAsync, logger);
    }

    private string Federation => GrainKeys.Split(this.GetPrimaryKeyString()).Federation;

    private string Cluster => GrainKeys.Split(this.GetPrimaryKeyString()).Name;

    private ClusterState State => _state.State;

    public async Task Start()
    {
        await DescribeAsync();
        _versions.Ask();
        await _versions.Idle;
        if (!_resumed && _versions.Failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    public async Task<ClusterView> GetView(string participant)
    {
        await EnsureStartedAsync();
        _lastSeen[participant] = _time.GetUtcNow();
        Watermark? watermark;
        while ((watermark = _watermarks.Find(participant)) is null)
            await LearnAsync(participant);
        var view = new ClusterView(
            _changes.Revision,
            State.Version,
            State.ModelSha256,
            Accepting,
            State.Finished,
            watermark.Sequence,
            watermark.LastBaseVersion,
            State.GlobalVersion);
        // Nobody is to train on a version that a crash could still undo.
        await _commit.SettleAsync();
        return view;
    }

    public Task WaitForChange(long knownRevision, TimeSpan wait, CancellationToken cancellationToken) =>
        _changes.WaitAsync(knownRevision, wait, cancellationToken);

    public async Task<Receipt?> Check(ContributionOffer offer)
    {
        var settings = await EnsureStartedAsync();
        Watermark? watermark;
        while ((watermark = _watermarks.Find(offer.Participant)) is null)
            await LearnAsync(offer.Participant);
        if (offer.Sequence <= watermark.Sequence)
            return await FindReceiptAsync(offer, watermark);
        Admission.Admit(State, watermark, settings, Cluster, Accepting, offer, _time.GetUtcNow());
        return null;
    }

    public async Task<Receipt> Contribute(ContributionOffer offer)
    {
        var settings = await EnsureStartedAsync();
        Watermark? watermark;
        while ((watermark = _watermarks.Find(offer.Participant)) is null)
            await LearnAsync(offer.Participant);
        if (offer.Sequence <= watermark.Sequence)
            return await FindReceiptAsync(offer, watermark);
        var now = _time.GetUtcNow();
        var contribution = Admission.Admit(State, watermark, settings, Cluster, Accepting, offer, now);
        _state.State = State.Accept(contribution, offer.Bytes, now);
        _watermarks.Raise(offer.Participant, contribution.Watermark);
        try
        {
            await _commit.CommitAsync();
        }
        finally
        {
            // Also after a failure: it is in the buffer, and whoever sends it again gets only its receipt.
            _versions.Ask();
        }

        return contribution.Receipt;
    }

    public async Task ReportEvaluation(string participant, EvaluationReport report)
    {
        await EnsureStartedAsync();
        var sums = _evaluations.Add(participant, report);
        await Registry.RecordEvaluation(Cluster, report.Version, sums);
    }

    public async Task AdoptGlobal(GlobalView global)
    {
        await EnsureStartedAsync();
        if (global.Version > (_news?.Version ?? -1))
            _news = global;
        // Who tells does not wait: while contributions come all the time, the work is never idle.
        _versions.Ask();
    }

    public async Task<TierStatus> GetStatus()
    {
        var settings = await EnsureStartedAsync();
        return new TierStatus(
            Cluster,
            State.Version,
            State.ModelSha256,
            State.Pending.Count,
            Tiers.ClusterBuffer(settings, _cohort!).Goal,
            State.Accepted,
            State.Accepted == 0 ? 0 : (double)State.StalenessSum / State.Accepted,
            State.StalenessMax,
            _evaluations.Accuracy,
            State.BytesAccepted);
    }

    public async Task<IReadOnlyList<ParticipantStatus>> GetMembers()
    {
        var settings = await EnsureStartedAsync();
        var roster = settings.Roster.Where(entry => entry.Cluster == Cluster).Select(entry => entry.Name).ToArray();
        // In a large cohort, asking everybody would wake everybody: only those who have called are told of.
        var names = roster.Length <= MostAsked ? roster : [.. _lastSeen.Keys];
        var members = new List<ParticipantStatus>(names.Length);
        foreach (var name in names)
        {
            Watermark? watermark;
            while ((watermark = _watermarks.Find(name)) is null)
                await LearnAsync(name);
            members.Add(new ParticipantStatus(
                name,
                Cluster,
                watermark.Sequence,
                watermark.LastReceipt?.Staleness ?? 0,
                _lastSeen.TryGetValue(name, out var seen) ? seen : null));
        }

        return members.ToArray();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        await Task.WhenAll(_versions.Idle, _outbox.Idle).WaitAsync(cancellationToken);

    private IModelRegistryGrain Registry => GrainFactory.GetGrain<IModelRegistryGrain>(Federation);

    private IGlobalAggregatorGrain Global => GrainFactory.GetGrain<IGlobalAggregatorGrain>(Federation);

    private IParticipantGrain Participant(string name) =>
        GrainFactory.GetGrain<IParticipantGrain>(GrainKeys.Within(Federation, name));

    /// <summary>
    /// Afterwards the watermark is usually known. Look, and decide by what you see before the next await: then it is of
    /// that
    /// moment.
    /// </summary>
    private Task LearnAsync(string participant) =>
        _watermarks.LearnAsync(participant, () => State.InLedger(participant));

    private async Task<FederationDescription> DescribeAsync()
    {
        if (_description is not null)
            return _description;
        var description = await GrainFactory.GetGrain<IFederationGrain>(Federation).Describe();
        if (!description.Settings.Clusters.Contains(Cluster))
        {
            throw new RefusedException(
                RefusalCode.UnknownCluster,
                $"federation '{Federation}' has no cluster '{Cluster}'",
                $"its clusters are {string.Join(", ", description.Settings.Clusters)}");
        }

        _cohort = Cohort.Of(description.Settings, Cluster);
        return _description = description;
    }

    private async Task<FederationSettings> EnsureStartedAsync()
    {
        var description = await DescribeAsync();
        if (!_resumed)
            await Start();
        return description.Settings;
    }

    /// <summary>The first receipt of a duplicate, however old, once it is durable.</summary>
    private async Task<Receipt> FindReceiptAsync(ContributionOffer offer, Watermark watermark)
    {
        var receipt = Admission.FindReceipt(State, watermark, offer) ?? Admission.RequireSameBytes(
            await OldReceipts.FindAsync(_manifests, State.ManifestSha256, offer), offer);
        await _commit.SettleAsync();
        return receipt;
    }
}
