namespace Fed.Simulation;

/// <summary>At which events what happens to the processes.</summary>
internal sealed class Disturbances
{
    private readonly Dictionary<long, Disturbance> _at = [];

    /// <param name="steps">They fall within so many events; the first crash early, so that every seed has it.</param>
    public Disturbances(Random random, FaultPlan faults, int steps)
    {
        _at[random.Next(20, 700)] = Disturbance.Crash;
        Add(Disturbance.Crash, faults.Crashes - 1);
        Add(Disturbance.Outage, faults.Outages);
        Add(Disturbance.Deactivation, faults.Deactivations);
        Add(Disturbance.ParticipantCrash, faults.ParticipantCrashes);

        void Add(Disturbance disturbance, int count)
        {
            for (var i = 0; i < count; i++)
                _at.TryAdd(random.Next(steps), disturbance);
        }
    }

    public Disturbance At(long step) => _at.GetValueOrDefault(step);
}

/// <summary>What happens to a process.</summary>
internal enum Disturbance
{
    None = 0,
    Crash = 1,
    Outage = 2,
    Deactivation = 3,
    ParticipantCrash = 4,
}
