using Fed.Simulation.Storage;
using Fed.Simulation.Workload;

namespace Fed.Simulation;

/// <summary>What is simulated besides the seed's own choices.</summary>
internal sealed record SimulationOptions
{
    /// <summary>False: the same workload while nothing goes wrong.</summary>
    public bool Faults { get; init; } = true;

    public StorageDefect Defect { get; init; } = StorageDefect.None;

    /// <summary>How long collections spare a blob that nothing refers to.</summary>
    public TimeSpan Grace { get; init; } = SimulatedCollector.UsualGrace;

    /// <summary>The longest pause from one collection to the next.</summary>
    public TimeSpan CollectEvery { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets every event as a line of text; null: none.</summary>
    public Action<string>? Trace { get; init; }
}
