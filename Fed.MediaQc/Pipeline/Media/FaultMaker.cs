namespace Fed.MediaQc.Pipeline.Media;

/// <summary>Puts the faults of a production chain into clips.</summary>
public static class FaultMaker
{
    /// <summary>The clip as a faulty chain delivers it.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="clip">The clip at this point of the chain.</param>
    /// <param name="move">The camera, for faults that need moments between the frames.</param>
    /// <param name="random">Seeded; noise only.</param>
    public static Clip Apply(ChainFault fault, Clip clip, CameraMove move, Random random)
    {
        var frames = Enumerable.Range(0, clip.Frames.Length).Select(t => fault.Kind switch
        {
            FaultKind.Freeze => clip.Frames[Shown(t, (int)fault.Strength)],
            FaultKind.Comb => Comb(clip.Frames[t], Moment(fault, clip, move, t), clip.Width),
            // Every second frame: rate conversion leaves a beat of sharp and blended frames.
            FaultKind.Ghost when t % 2 == 0 => clip.Frames[t],
            FaultKind.Ghost => Blend(clip.Frames[t], Moment(fault, clip, move, t), fault.Strength),
            FaultKind.Noise => AddNoise(clip.Frames[t], fault.Strength, random),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "unknown fault"),
        });
        return clip with { Frames = [.. frames] };
    }

    // Every n-th frame is dropped and the one before stands in its place; 2 holds two of three frames.
    private static int Shown(int t, int period) => period == 2 ? t - t % 3 : t % period == period - 1 ? t - 1 : t;

    private static byte[] Moment(ChainFault fault, Clip clip, CameraMove move, int t)
    {
        var distance = fault.Kind == FaultKind.Ghost ? 1 : fault.Strength;
        return fault.AfterCoding
            ? clip.Frames[Math.Min(t + Math.Max(1, (int)distance), clip.Frames.Length - 1)]
            : move.Frame(t + distance);
    }

    private static byte[] Comb(byte[] first, byte[] second, int width)
    {
        var frame = (byte[])first.Clone();
        for (var at = width; at < frame.Length; at += 2 * width)
            second.AsSpan(at, width).CopyTo(frame.AsSpan(at));
        return frame;
    }

    private static byte[] Blend(byte[] first, byte[] second, double share)
    {
        var frame = new byte[first.Length];
        for (var i = 0; i < frame.Length; i++)
            frame[i] = (byte)Math.Round((1 - share) * first[i] + share * second[i]);
        return frame;
    }

    private static byte[] AddNoise(byte[] clean, double deviation, Random random)
    {
        var frame = new byte[clean.Length];
        for (var i = 0; i < frame.Length; i++)
        {
            // Box-Muller; 1 - u keeps the logarithm finite.
            var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            var noise = deviation * radius * Math.Cos(Math.Tau * random.NextDouble());
            frame[i] = (byte)Math.Clamp(Math.Round(clean[i] + noise), 0, 255);
        }

        return frame;
    }
}
