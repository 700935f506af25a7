using Fed.Simulation.Engine;

namespace Fed.Simulation;

/// <summary>How often what goes wrong, drawn from the seed. After <see cref="Heal"/> nothing does.</summary>
internal sealed class FaultPlan
{
    private static readonly TimeSpan Tenth = TimeSpan.FromMilliseconds(100);

    private readonly EventQueue _events;
    private readonly double _storageFails;
    private readonly double _acknowledgementLost;
    private readonly double _blobFails;
    private readonly double _callLost;
    private readonly double _exchangeLost;
    private readonly double _duplicated;
    private readonly double _slow;
    private readonly double _stalled;
    private long _outageUntil;

    public FaultPlan(EventQueue events, bool faults)
    {
        _events = events;
        Active = faults;
        var random = events.Random;
        double Rate(double most) => random.Next(3) == 0 ? 0 : random.NextDouble() * most;
        _storageFails = Rate(0.06);
        _acknowledgementLost = Rate(0.04);
        _blobFails = Rate(0.04);
        _callLost = Rate(0.01);
        _exchangeLost = Rate(0.1);
        _duplicated = Rate(0.2);
        _slow = Rate(0.2);
        _stalled = Rate(0.01);
        Crashes = 1 + random.Next(4);
        Outages = random.Next(3) == 0 ? 1 : 0;
        Deactivations = random.Next(4);
        ParticipantCrashes = random.Next(3);
    }

    public bool Active { get; private set; }

    /// <summary>How often the silo dies, at least once.</summary>
    public int Crashes { get; }

    public int Outages { get; }

    public int Deactivations { get; }

    public int ParticipantCrashes { get; }

    public void Heal() => Active = false;

    /// <summary>For a while, the storage and the blob store refuse everything.</summary>
    public void BeginOutage(TimeSpan length) => _outageUntil = _events.Now + length.Ticks;

    /// <summary>Nothing is written, and the caller hears so.</summary>
    public bool StorageFails() => Active && (_events.Now < _outageUntil || _events.Chance(_storageFails));

    /// <summary>It is written, and the caller hears that it is not.</summary>
    public bool AcknowledgementLost() => Active && _events.Chance(_acknowledgementLost);

    public bool BlobFails() => Active && (_events.Now < _outageUntil || _events.Chance(_blobFails));

    /// <summary>A call between grains, or its answer, does not arrive.</summary>
    public bool CallLost() => Active && _events.Chance(_callLost);

    /// <summary>A request of a participant, or the response, does not arrive.</summary>
    public bool ExchangeLost() => Active && _events.Chance(_exchangeLost);

    public bool Duplicated() => Active && _events.Chance(_duplicated);

    /// <summary>Between two turns of one activation.</summary>
    public TimeSpan Pause() => Active && _events.Chance(_stalled)
        ? _events.UpTo(Tenth * 3)
        : TimeSpan.FromTicks(_events.Random.Next(1_000));

    /// <summary>Of a message or of a disk.</summary>
    public TimeSpan Latency() => Active && _events.Chance(_slow)
        ? _events.UpTo(Tenth * 20)
        : TimeSpan.FromTicks(1 + _events.Random.Next(20_000));
}
