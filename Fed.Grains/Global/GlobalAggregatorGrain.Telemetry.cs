using Fed.Contracts;
using Fed.Grains.Telemetry;

namespace Fed.Grains.Global;

/// <summary>What the global tier shows of itself to whoever reads how it stands.</summary>
public sealed partial class GlobalAggregatorGrain
{
    private IDisposable? _reading;

    /// <summary>Once it has begun.</summary>
    private void Show(TimeSpan start)
    {
        _metrics.Started(Federation, TierNames.Global, start);
        // From here on it is read in other threads: by then it stands.
        _ = _state.Committed;
        _reading ??= _readings.Add(Read);
        var silo = _recovery.Served(State.Silo, State.WrittenAt, _time.GetUtcNow());
        // With the next write: until there is one, its predecessor's is the newest sign of life.
        if (State.Silo != silo)
            _state.Note(state => state with { Silo = silo });
    }

    /// <summary>In any thread: of what is immutable.</summary>
    private TierReading Read()
    {
        var state = _state.Committed;
        return new TierReading
        {
            Federation = Federation,
            Tier = TierNames.Global,
            Version = state.Version,
            CommittedAt = state.CommittedAt == default ? null : state.CommittedAt,
            Finished = state.Finished,
            Buffered = state.Pending.Count,
            Goal = _machine!.Goal,
            BufferOpenedAt = state.Pending.IsEmpty ? null : state.Pending[0].AcceptedAt,
            // What the registry has acknowledged is written with the next change, which may be long in coming.
            UnrecordedVersions = State.Unrecorded.Count,
        };
    }
}
