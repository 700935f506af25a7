using System.Collections.Concurrent;
using Fed.Contracts.Versions;

namespace Fed.Grains.Telemetry;

/// <summary>
/// An aggregator as it stands, of its committed state: immutable, so that it is taken while the aggregator works on.
/// </summary>
public sealed record TierReading
{
    public required string Federation { get; init; }

    /// <summary>A cluster, or <c>global</c>.</summary>
    public required string Tier { get; init; }

    public required long Version { get; init; }

    /// <summary>Of the version; null: not known, it was committed before this was kept.</summary>
    public DateTimeOffset? CommittedAt { get; init; }

    public bool Finished { get; init; }

    /// <summary>Contributions, or at the global tier aggregates, that no version has consumed.</summary>
    public int Buffered { get; init; }

    /// <summary>K, as things are.</summary>
    public int Goal { get; init; }

    /// <summary>Null: the buffer is empty.</summary>
    public DateTimeOffset? BufferOpenedAt { get; init; }

    /// <summary>Aggregates that the global tier has not acknowledged; null at the global tier.</summary>
    public int? UnsentAggregates { get; init; }

    /// <summary>Versions that the registry has not acknowledged.</summary>
    public int UnrecordedVersions { get; init; }

    /// <summary>The global version that a cluster has taken over; null at the global tier.</summary>
    public long? GlobalVersion { get; init; }

    /// <summary>Of the newest version that enough participants have reported on.</summary>
    public VersionEvaluation? Evaluation { get; init; }

    /// <summary>Of the last fold's updates (<see cref="Core.Aggregation.Dispersion"/>); null: not known here.</summary>
    public double? Dispersion { get; init; }

    /// <summary>
    /// |own - global| / |global| of the cluster's model and the global one that it last took over; null: not known here.
    /// </summary>
    public double? Divergence { get; init; }

    /// <summary>Null at the global tier.</summary>
    public ParticipantCounts? Participants { get; init; }

    /// <summary>Null at the global tier.</summary>
    public LabelSpread? Labels { get; init; }

    /// <summary>Likewise.</summary>
    public DataSpread? Features { get; init; }

    /// <summary>Names of the classes; empty: the federation does not say.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Each by itself; empty unless the silo is told to show them.</summary>
    public IReadOnlyList<ParticipantReading> Each { get; init; } = [];
}

/// <summary>A cluster's roster by state; every entry is in one of them.</summary>
/// <param name="Active">Asked for a task within <see cref="SilentAfter"/>.</param>
/// <param name="Silent">Has asked, but not so lately.</param>
/// <param name="Absent">Has not asked since the aggregator was activated here.</param>
/// <param name="Suspended">By a steward.</param>
public sealed record ParticipantCounts(int Active, int Silent, int Absent, int Suspended)
{
    public static readonly TimeSpan SilentAfter = TimeSpan.FromMinutes(5);

    /// <param name="seen">When each that has asked did so last.</param>
    public static ParticipantCounts Count(
        IReadOnlyList<string> roster,
        IReadOnlyDictionary<string, DateTimeOffset> seen,
        Func<string, bool> isSuspended,
        DateTimeOffset now)
    {
        var (active, silent, suspended) = (0, 0, 0);
        foreach (var name in roster)
        {
            if (isSuspended(name))
                suspended++;
            else if (!seen.TryGetValue(name, out var last))
                continue;
            else if (now - last <= SilentAfter)
                active++;
            else
                silent++;
        }

        return new ParticipantCounts(active, silent, roster.Count - active - silent - suspended, suspended);
    }
}

/// <param name="SeenAt">When it asked last; null: not since the aggregator was activated here.</param>
/// <param name="Accuracy">Of its report on the newest evaluated version; null: it has not reported.</param>
public sealed record ParticipantReading(string Name, DateTimeOffset? SeenAt, double? Accuracy);

/// <summary>The aggregators that are active in this process, for whoever looks at them from outside.</summary>
public sealed class TierReadings(TimeProvider time)
{
    /// <summary>All gauges of one scrape are of one reading.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<Registration, Func<TierReading>> _tiers = [];
    private volatile Snapshot? _last;

    /// <summary>Whether participants are shown each by itself: series for everybody on a roster.</summary>
    public bool ShowsParticipants { get; init; }

    /// <param name="read">Called from any thread, until what is returned is disposed of.</param>
    public IDisposable Add(Func<TierReading> read)
    {
        var registration = new Registration(this);
        _tiers[registration] = read;
        _last = null;
        return registration;
    }

    public IReadOnlyList<TierReading> Read()
    {
        if (_last is { } last && time.GetElapsedTime(last.At) < Fresh)
            return last.Tiers;
        var now = new Snapshot(time.GetTimestamp(), [.. _tiers.Values.Select(read => read())]);
        _last = now;
        return now.Tiers;
    }

    private sealed record Snapshot(long At, IReadOnlyList<TierReading> Tiers);

    private sealed class Registration(TierReadings owner) : IDisposable
    {
        public void Dispose()
        {
            owner._tiers.TryRemove(this, out _);
            owner._last = null;
        }
    }
}
