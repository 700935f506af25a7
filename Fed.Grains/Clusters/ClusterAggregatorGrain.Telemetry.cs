using System.Collections.Immutable;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Participants;
using Fed.Contracts.Versions;
using Fed.Core.Aggregation;
using Fed.Core.Robust;
using Fed.Grains.Telemetry;
using Orleans;

namespace Fed.Grains.Clusters;

/// <summary>What the cluster shows of itself: to the log, the meter, and whoever reads how it stands.</summary>
public sealed partial class ClusterAggregatorGrain
{
    private IDisposable? _reading;

    /// <summary>NaN: not known. Written by turns of this actor, read in other threads.</summary>
    private double _dispersion = double.NaN;

    /// <summary>Likewise.</summary>
    private double _divergence = double.NaN;

    private (string Global, string Own)? _compared;

    /// <summary>Once it has begun.</summary>
    private void Show(TimeSpan start)
    {
        _metrics.Started(Federation, Cluster, start);
        // From here on it is read in other threads: by then it stands.
        _ = (_state.Committed, _evaluations.Committed);
        _reading ??= _readings.Add(Read);
        var silo = _recovery.Served(State.Silo, State.WrittenAt, _time.GetUtcNow());
        // With the next write: until there is one, its predecessor's is the newest sign of life.
        if (State.Silo != silo)
            _state.Note(state => state with { Silo = silo });
    }

    /// <summary>In any thread: of what is immutable, or made for that.</summary>
    private TierReading Read()
    {
        var (state, board) = (_state.Committed, _evaluations.Committed);
        return new TierReading
        {
            Federation = Federation,
            Tier = Cluster,
            Version = state.Version,
            CommittedAt = Known(state.CommittedAt),
            Finished = state.Finished,
            Buffered = state.Pending.Count,
            Goal = _machine!.GoalOf(state),
            BufferOpenedAt = state.Pending.IsEmpty ? null : state.BufferOpenedAt,
            UnsentAggregates = state.Outbox.Count,
            // What the registry has acknowledged is written with the next change, which may be long in coming.
            UnrecordedVersions = State.Unrecorded.Count,
            GlobalVersion = state.GlobalVersion,
            Evaluation = board.Newest,
            Dispersion = Known(ref _dispersion),
            Divergence = Known(ref _divergence),
            Participants = ParticipantCounts.Count(_cohort!.Members, _lastSeen, state.IsSuspended, _time.GetUtcNow()),
            Labels = LabelSpread.Of(
                [.. _shared.Values.Select(report => report.LabelCounts).OfType<IReadOnlyList<long>>()]),
            Features = FeatureSpread.Of([.. _shared.Values.Select(report => report.Features).OfType<FeatureSummary>()]),
            Classes = _description!.Settings.Classes ?? [],
            Each = _readings.ShowsParticipants ? [.. _cohort.Members.Select(name => Read(name, board))] : [],
        };
    }

    private ParticipantReading Read(string name, EvaluationBoard board) => new(
        name,
        _lastSeen.TryGetValue(name, out var seen) ? seen : null,
        board.NewestReportOf(name) is { } report ? (double)report.Correct / report.Examples : null);

    /// <param name="previous">When the version before was committed.</param>
    private void Tell(VersionManifest manifest, DateTimeOffset previous)
    {
        Log.VersionCommitted(
            _logger,
            this.GetPrimaryKeyString(),
            manifest.Number,
            manifest.Kind,
            manifest.Contributions.Count,
            manifest.ModelSha256);
        _metrics.Committed(manifest, Known(previous));
    }

    private void Consumed(VersionManifest manifest) => _metrics.Consumed(
        Federation, Cluster, [.. manifest.Contributions.Select(receipt => receipt.AcceptedAt)], _time.GetUtcNow());

    private async Task<FoldResult> FoldAsync(
        FoldRequest request, ImmutableList<PendingContribution> folded, CancellationToken cancellationToken)
    {
        var since = _time.GetTimestamp();
        var result = await _folds.FoldAsync(request, cancellationToken);
        _metrics.Folded(
            Federation,
            Cluster,
            _time.GetElapsedTime(since),
            request.Inputs.Count * _description!.Parameters * sizeof(float));
        // Of a robust rule the result is no mean.
        var apart = request.Rule == RobustRules.Mean && request.Inputs.Count == folded.Count
            ? Dispersion.Of(
                [.. folded.Select(one => one.Norm)], [.. folded.Select(one => one.Receipt.Weight)], result.SumNorm)
            : null;
        Volatile.Write(ref _dispersion, apart ?? double.NaN);
        return result;
    }

    /// <summary>
    /// The global model that is taken over, with the cluster's own until now; beside the work, for it reads both whole.
    /// </summary>
    private void Compare(string global, string own)
    {
        _compared = (global, own);
        _comparison.Ask();
    }

    private async Task CompareAsync(CancellationToken cancellationToken)
    {
        while (_compared is var (global, own))
        {
            _compared = null;
            try
            {
                var apart = global == own ? 0 : await _folds.CompareAsync(global, own, cancellationToken);
                Volatile.Write(ref _divergence, apart ?? double.NaN);
            }
            catch (InvalidDataException)
            {
                // Collected meanwhile: the next version's will do.
                Volatile.Write(ref _divergence, double.NaN);
            }
        }
    }

    private static double? Known(ref double value) =>
        Volatile.Read(ref value) is var read && double.IsNaN(read) ? null : read;

    private static DateTimeOffset? Known(DateTimeOffset at) => at == default ? null : at;
}
