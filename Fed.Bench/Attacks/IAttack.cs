using Fed.Training.Data;

namespace Fed.Bench.Attacks;

/// <summary>What hostile participants do. They know everything: the honest updates of the round, too.</summary>
public interface IAttack
{
    string Name { get; }

    /// <summary>What a hostile participant trains on.</summary>
    SampleSet Poison(SampleSet own) => own;

    /// <summary>The update that a hostile participant sends.</summary>
    /// <param name="own">What it has trained, on what <see cref="Poison"/> gave it.</param>
    float[] Forge(float[] own, HonestUpdates honest) => own;
}
