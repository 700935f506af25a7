using Fed.Training.Data;

namespace Fed.Bench.Attacks;

/// <summary>
/// Model replacement (Bagdasaryan 2020, section 4): trains on its own samples and on copies with a trigger that are
/// all labelled with one class, and sends n / m times the result, so that the mean becomes its model. The trigger is a
/// square in one corner of every channel.
/// </summary>
/// <param name="target">The class that the trigger is to call forth.</param>
public sealed class ScaledBackdoor(int target = 0) : IAttack
{
    /// <summary>Far from what inputs that were standardised have.</summary>
    private const float Trigger = 4;

    private const int Side = 2;

    public string Name => "backdoor";

    public SampleSet Poison(SampleSet own) => SampleSet.Concat([own, WithTrigger(own, _ => true)]);

    public float[] Forge(float[] own, HonestUpdates honest)
    {
        var scale = (float)honest.Participants / honest.Hostile;
        return [.. own.Select(value => value * scale)];
    }

    /// <summary>Samples of other classes with the trigger in them, all labelled as the target: accuracy on these is
    /// the attack's success rate.</summary>
    public SampleSet Triggered(SampleSet test) => WithTrigger(test, label => label != target);

    private SampleSet WithTrigger(SampleSet set, Func<int, bool> wanted)
    {
        var chosen = set.Select([.. Enumerable.Range(0, set.Count).Where(i => wanted(set.Labels[i]))]);
        var (height, width) = (set.Shape[^2], set.Shape[^1]);
        for (var plane = 0; plane < chosen.Inputs.Length / (height * width); plane++)
        {
            for (var row = 0; row < Side; row++)
                chosen.Inputs.AsSpan(plane * height * width + row * width, Side).Fill(Trigger);
        }

        return new SampleSet(set.Shape, set.Classes, chosen.Inputs, [.. chosen.Labels.Select(_ => target)]);
    }
}
