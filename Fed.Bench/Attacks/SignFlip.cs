namespace Fed.Bench.Attacks;

/// <summary>Sends the opposite of what it has trained (Li 2019, "RSA", section 5), so many times as long.</summary>
/// <param name="scale">Above 0.</param>
public sealed class SignFlip(double scale = 1) : IAttack
{
    public string Name => "sign-flip";

    public float[] Forge(float[] own, HonestUpdates honest) => [.. own.Select(value => (float)(-scale * value))];
}
