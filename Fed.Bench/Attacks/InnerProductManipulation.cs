namespace Fed.Bench.Attacks;

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
