using Fed.Training;

namespace Fed.Bench.Simulation;

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

/// <summary>The round's honest updates as attackers see them.</summary>
/// <param name="Mean">Per parameter.</param>
/// <param name="Deviation">Standard deviation per parameter, over the honest participants.</param>
/// <param name="Participants">n: honest and hostile ones.</param>
/// <param name="Hostile">m, 1 to n - 1.</param>
public sealed record HonestUpdates(float[] Mean, float[] Deviation, int Participants, int Hostile)
{
    /// <param name="updates">At least one, all of one length.</param>
    public static HonestUpdates Of(IReadOnlyList<float[]> updates, int hostile)
    {
        var length = updates[0].Length;
        var mean = new float[length];
        var deviation = new float[length];
        for (var i = 0; i < length; i++)
        {
            var average = updates.Average(update => (double)update[i]);
            mean[i] = (float)average;
            deviation[i] = (float)Math.Sqrt(updates.Average(update => Math.Pow(update[i] - average, 2)));
        }

        return new HonestUpdates(mean, deviation, updates.Count + hostile, hostile);
    }
}

/// <summary>
/// ALIE (Baruch 2019, "A Little Is Enough", algorithm 3): all attackers send mean - z deviation, just near enough to
/// the middle that s honest updates look like outliers beside them. z = Phi^-1((n - m - s) / (n - m)), s = floor(n/2 +
/// 1) - m.
/// </summary>
public sealed class LittleIsEnough : IAttack
{
    public string Name => "alie";

    public float[] Forge(float[] own, HonestUpdates honest)
    {
        var z = Reach(honest.Participants, honest.Hostile);
        return [.. honest.Mean.Zip(honest.Deviation, (mean, deviation) => (float)(mean - z * deviation))];
    }

    /// <summary>z; 0 where a majority of attackers needs nobody's support.</summary>
    public static double Reach(int participants, int hostile)
    {
        var honest = participants - hostile;
        var supporters = Math.Max(0, participants / 2 + 1 - hostile);
        var share = (double)(honest - supporters) / honest;
        return share is > 0 and < 1 ? NormalDistribution.Quantile(share) : 0;
    }
}

/// <summary>
/// IPM (Xie 2019, "Fall of Empires", section 4): all attackers send -epsilon times the honest mean. A small epsilon
/// hides among the honest updates, a large one throws the mean the other way.
/// </summary>
/// <param name="epsilon">Above 0.</param>
public sealed class InnerProductManipulation(double epsilon) : IAttack
{
    public string Name => $"ipm:{epsilon}";

    public float[] Forge(float[] own, HonestUpdates honest) =>
        [.. honest.Mean.Select(mean => (float)(-epsilon * mean))];
}

/// <summary>Sends the opposite of what it has trained (Li 2019, "RSA", section 5), so many times as long.</summary>
/// <param name="scale">Above 0.</param>
public sealed class SignFlip(double scale = 1) : IAttack
{
    public string Name => "sign-flip";

    public float[] Forge(float[] own, HonestUpdates honest) => [.. own.Select(value => (float)(-scale * value))];
}

/// <summary>Trains honestly on labels C - 1 - y (Fang 2020, section 4).</summary>
public sealed class LabelFlip : IAttack
{
    public string Name => "label-flip";

    public SampleSet Poison(SampleSet own) => new(
        own.Shape, own.Classes, own.Inputs, [.. own.Labels.Select(label => own.Classes - 1 - label)]);
}

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

/// <summary>The standard normal distribution.</summary>
public static class NormalDistribution
{
    private const double Furthest = 8;

    /// <summary>
    /// Phi(x), by its series around 0 (Marsaglia 2004, "Evaluating the Normal Distribution"); |x| at most 8.
    /// </summary>
    public static double Cumulative(double x)
    {
        var (sum, term) = (x, x);
        for (var i = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); i += 2)
        {
            term *= x * x / i;
            sum += term;
        }

        return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(Math.Tau);
    }

    /// <summary>Phi^-1(p), by bisection; p above 0 and below 1.</summary>
    public static double Quantile(double p)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(p, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(p, 1);
        var (low, high) = (-Furthest, Furthest);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Cumulative(middle) < p ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }
}
