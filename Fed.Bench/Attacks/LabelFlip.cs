using Fed.Training.Data;

namespace Fed.Bench.Attacks;

/// <summary>Trains honestly on labels C - 1 - y (Fang 2020, section 4).</summary>
public sealed class LabelFlip : IAttack
{
    public string Name => "label-flip";

    public SampleSet Poison(SampleSet own) => new(
        own.Shape, own.Classes, own.Inputs, [.. own.Labels.Select(label => own.Classes - 1 - label)]);
}
