namespace Fed.MediaQc.Pipeline;

/// <summary>Puts the faults of a production chain into clips.</summary>
public static class FaultMaker
{
    /// <summary>Of an echo.</summary>
    private const double EchoShare = 0.35;

    /// <summary>Black in luma of narrow range.</summary>
    private const int Black = 16;

    /// <summary>Pictures a second, as clips are encoded.</summary>
    private const int Rate = 25;

    /// <summary>The clip as a faulty chain delivers it.</summary>
    /// <param name="clip">The clip at this point of the chain.</param>
    /// <param name="scene">For faults that need moments between the frames.</param>
    /// <param name="random">Seeded; for noise and flicker.</param>
    public static Clip Apply(ChainFault fault, Clip clip, Scene scene, Random random)
    {
        if (fault.Kind is FaultKind.Flicker or FaultKind.Flutter)
            return Light(fault, clip, random);
        var frames = Enumerable.Range(0, clip.Frames.Length).Select(t => fault.Kind switch
        {
            FaultKind.Freeze => clip.Frames[Shown(t, (int)fault.Strength)],
            FaultKind.Comb => Comb(clip.Frames[t], Moment(fault, clip, scene, t), clip.Width),
            // Every second frame: rate conversion leaves a beat of sharp and blended frames.
            FaultKind.Ghost when t % 2 == 0 => clip.Frames[t],
            FaultKind.Ghost => Blend(clip.Frames[t], Moment(fault, clip, scene, t), fault.Strength),
            FaultKind.Noise => Grain.Add(clip.Frames[t], fault.Strength, random),
            FaultKind.Echo => Blend(clip.Frames[t], Displaced(clip.Frames[t], clip.Width, (int)fault.Strength), EchoShare),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "unknown fault"),
        });
        return clip with { Frames = [.. frames] };
    }

    // Every n-th frame is dropped and the one before stands in its place; 2 holds two of three frames.
    private static int Shown(int t, int period) => period switch
    {
        2 => t - t % 3,
        > 6 => t % 16 < period ? t - t % 16 : t,
        _ => t % period == period - 1 ? t - 1 : t,
    };

    private static byte[] Moment(ChainFault fault, Clip clip, Scene scene, int t)
    {
        var distance = fault.Kind == FaultKind.Ghost ? 1 : fault.Strength;
        return fault.AfterCoding
            ? clip.Frames[Math.Min(t + Math.Max(1, (int)distance), clip.Frames.Length - 1)]
            : scene.Frame(t + distance);
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

    private static byte[] Displaced(byte[] picture, int width, int pixels)
    {
        var moved = new byte[picture.Length];
        for (var at = 0; at < moved.Length; at++)
            moved[at] = picture[at - Math.Min(pixels, at % width)];
        return moved;
    }

    // Lamps swing 5 to 12 times a second as a camera of 25 pictures samples them.
    private static Clip Light(ChainFault fault, Clip clip, Random random)
    {
        var swing = fault.Strength / 100;
        var (rate, phase) = (5 + 7 * random.NextDouble(), random.NextDouble());
        var later = 0.5 * random.NextDouble();
        return clip with { Frames = [.. clip.Frames.Select(Frame)] };

        byte[] Frame(byte[] picture, int t)
        {
            var own = 2 * random.NextDouble() - 1;
            var frame = new byte[picture.Length];
            for (var row = 0; row < clip.Height; row++)
            {
                var swung = fault.Kind == FaultKind.Flutter
                    ? own
                    : Math.Sin(Math.Tau * (rate * t / Rate + phase + later * row / clip.Height));
                for (var at = row * clip.Width; at < (row + 1) * clip.Width; at++)
                {
                    frame[at] = (byte)Math.Clamp(
                        Math.Round(Black + (1 + swing * swung) * (picture[at] - Black)), 0, 255);
                }
            }

            return frame;
        }
    }
}
