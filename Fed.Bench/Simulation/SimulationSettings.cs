using Fed.Bench.Attacks;

namespace Fed.Bench.Simulation;

/// <summary>One simulated federation: a single tier, synchronous, every participant in every round.</summary>
/// <param name="Rule">As settings name it (docs/robustness.md).</param>
/// <param name="Codec">As settings name it (docs/codecs.md).</param>
/// <param name="Attack">Null: everybody is honest.</param>
/// <param name="Hostile">How many attack; the last ones of the task.</param>
public sealed record SimulationSettings(
    int Rounds, int Seed, string Rule, string Codec, IAttack? Attack = null, int Hostile = 0);
