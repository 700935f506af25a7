using Fed.Contracts.Aggregation;
using Fed.Contracts.Versions;
using Fed.Grains.Telemetry;
using Orleans;

namespace Fed.Grains.Clusters;

/// <summary>What the cluster shows of itself: to the log, the meter, and whoever reads how it stands.</summary>
public sealed partial class ClusterAggregatorGrain
{
    private IDisposable? _reading;

    /// <summary>Once it has begun.</summary>
    private void Show(TimeSpan start)
    {
        _metrics.Started(Federation, Cluster, start);
        // From here on it is read in other threads: by then it stands.
        _ = (_state.Committed, _evaluations.Committed);
        _reading ??= _readings.Add(Read);
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
            UnrecordedVersions = state.Unrecorded.Count,
            GlobalVersion = state.GlobalVersion,
            Evaluation = board.Newest,
            Participants = () =>
                ParticipantCounts.Count(_cohort!.Members, _lastSeen, state.IsSuspended, _time.GetUtcNow()),
            Each = _readings.ShowsParticipants ? _cohort!.Members.Select(name => Read(name, board)) : [],
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

    private async Task<FoldResult> FoldAsync(FoldRequest request, CancellationToken cancellationToken)
    {
        var since = _time.GetTimestamp();
        var result = await _folds.FoldAsync(request, cancellationToken);
        _metrics.Folded(
            Federation,
            Cluster,
            _time.GetElapsedTime(since),
            request.Inputs.Count * _description!.Parameters * sizeof(float));
        return result;
    }

    private static DateTimeOffset? Known(DateTimeOffset at) => at == default ? null : at;
}
