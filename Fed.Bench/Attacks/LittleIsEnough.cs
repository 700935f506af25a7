namespace Fed.Bench.Attacks;

/// <summary>
/// ALIE (Baruch 2019, "A Little Is Enough", algorithm 3): all attackers send mean - z deviation, just near enough to
/// the middle that s honest updates look like outliers beside them. z = Phi^-1((n - m - s) / (n - m)), s = floor(n/2 +
/// 1)
/// - m.
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
