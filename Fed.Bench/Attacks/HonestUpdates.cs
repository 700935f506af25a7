namespace Fed.Bench.Attacks;

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
