using System.Numerics.Tensors;

namespace Fed.MediaQc.Audio;

/// <summary>
/// What was measured on one second: the sound as it was delivered against the sound as it was recorded. A gain that is
/// the same all through is no fault and is taken out first.
/// </summary>
/// <param name="Active">Share of the second's frames in which the source speaks: within 30 dB of its loudest.</param>
/// <param name="Distance">Mean difference of the mel levels where the source is within 40 dB of its loudest,
/// dB.</param>
/// <param name="CrestLost">Crest factor of the source less that of the delivery, dB.</param>
/// <param name="Distortion">Source above the difference of the two signals, dB: SDR.</param>
/// <param name="GapMilliseconds">Longest stretch in which the source speaks and the delivery lies 20 dB below
/// it.</param>
/// <param name="Step">Largest change of gain from one part of the second to the rest, dB.</param>
/// <param name="FloorRise">Rise of the tenth percentile of the frames' mel levels, the mean over the eight bands in
/// which it is largest, dB.</param>
/// <param name="BandsLost">Share of the bands in which the source sounds and that have lost 12 dB or more.</param>
/// <param name="Modulation">Correlation of the bands' envelopes, the mean over the bands, as in STOI (Taal et al.
/// 2011).</param>
public sealed record AudioMeasures(
    double Active,
    double Distance,
    double CrestLost,
    double Distortion,
    double GapMilliseconds,
    double Step,
    double FloorRise,
    double BandsLost,
    double Modulation)
{
    private const int Side = AudioFeatures.Side;

    // 2.5 ms, for gaps.
    private const int Short = 20;

    /// <param name="features">Makes the spectra; its buffers are used.</param>
    /// <param name="source">One second as recorded.</param>
    /// <param name="delivered">The same second as delivered.</param>
    public static AudioMeasures Of(
        AudioFeatures features, ReadOnlySpan<float> source, ReadOnlySpan<float> delivered)
    {
        var gain = Gain(source, delivered);
        var scaled = new float[source.Length];
        TensorPrimitives.Divide(delivered, Math.Max(gain, 1e-6f), scaled);
        var before = new float[AudioFeatures.Plane];
        var after = new float[AudioFeatures.Plane];
        features.MelPowers(source, before);
        features.MelPowers(scaled, after);
        // What lies 80 dB below the loudest is silence.
        var floor = TensorPrimitives.Max<float>(before) * 1e-8f + 1e-20f;
        var (from, to) = (Decibels(before, floor), Decibels(after, floor));
        var top = TensorPrimitives.Max<float>(from);
        return new AudioMeasures(
            AudioFeatures.ActiveShare(before),
            MeanDifference(from, to, top - 40),
            Crest(source) - Crest(scaled),
            SignalToDifference(source, scaled),
            LongestGap(source, scaled),
            LargestStep(before, after),
            RiseOfFloor(from, to),
            LostShare(before, after),
            EnvelopeCorrelation(before, after));
    }

    // The median over the frames that speak, so that a gap does not count.
    private static float Gain(ReadOnlySpan<float> source, ReadOnlySpan<float> delivered)
    {
        const int length = AudioFeatures.FrameLength;
        var ratios = new List<float>();
        var loudest = 0f;
        for (var at = 0; at < source.Length; at += length)
            loudest = Math.Max(loudest, Sound.Rms(source.Slice(at, length)));
        for (var at = 0; at < source.Length; at += length)
        {
            var level = Sound.Rms(source.Slice(at, length));
            if (level > 0.1f * loudest)
                ratios.Add(Sound.Rms(delivered.Slice(at, length)) / level);
        }

        ratios.Sort();
        return ratios.Count > 0 ? ratios[ratios.Count / 2] : 1;
    }

    private static float[] Decibels(float[] powers, float floor) =>
        Array.ConvertAll(powers, power => 10 * MathF.Log10(power + floor));

    private static double MeanDifference(float[] from, float[] to, float least)
    {
        var (sum, count) = (0.0, 0);
        for (var i = 0; i < from.Length; i++)
        {
            if (from[i] < least)
                continue;
            sum += Math.Abs(to[i] - from[i]);
            count++;
        }

        return count > 0 ? sum / count : 0;
    }

    private static double Crest(ReadOnlySpan<float> sound) =>
        20 * Math.Log10(MathF.Abs(TensorPrimitives.MaxMagnitude(sound)) / Math.Max(Sound.Rms(sound), 1e-9));

    private static double SignalToDifference(ReadOnlySpan<float> source, ReadOnlySpan<float> scaled)
    {
        var difference = Math.Sqrt(
            Math.Pow(TensorPrimitives.Distance(source, scaled), 2) / source.Length);
        return 20 * Math.Log10(Sound.Rms(source) / Math.Max(difference, 1e-9));
    }

    private static double LongestGap(ReadOnlySpan<float> source, ReadOnlySpan<float> scaled)
    {
        // A frame of speech may have instants near zero: what counts is the level around.
        var speech = Sound.Rms(source) * 0.1f;
        var (run, longest) = (0, 0);
        for (var at = 0; at + Short <= source.Length; at += Short)
        {
            var was = Sound.Rms(source.Slice(at, Short));
            var gone = Sound.Rms(scaled.Slice(at, Short)) < 0.1f * Math.Max(was, speech);
            run = gone && was > 0.3f * speech ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest * Short * 1000.0 / AudioFeatures.SampleRate;
    }

    // Gains over the frames before and from each moment, where speech is on both sides of it.
    private static double LargestStep(float[] before, float[] after)
    {
        var was = new double[Side + 1];
        var now = new double[Side + 1];
        for (var t = 0; t < Side; t++)
        {
            was[t + 1] = was[t] + TensorPrimitives.Sum<float>(before.AsSpan(t * Side, Side));
            now[t + 1] = now[t] + TensorPrimitives.Sum<float>(after.AsSpan(t * Side, Side));
        }

        var largest = 0.0;
        for (var t = 6; t <= Side - 6; t++)
        {
            if (was[t] < 0.02 * was[Side] || was[Side] - was[t] < 0.02 * was[Side])
                continue;
            var step = 10 * Math.Log10((now[Side] - now[t] + 1e-20) / (was[Side] - was[t]))
                - 10 * Math.Log10((now[t] + 1e-20) / was[t]);
            if (Math.Abs(step) > Math.Abs(largest))
                largest = step;
        }

        return largest;
    }

    private static double RiseOfFloor(float[] from, float[] to)
    {
        const int most = 8;
        var rises = Floors(to).Zip(Floors(from), (now, was) => (double)now - was);
        return rises.OrderDescending().Take(most).Average();
    }

    private static IEnumerable<float> Floors(float[] levels)
    {
        for (var band = 0; band < Side; band++)
        {
            var column = Enumerable.Range(0, Side).Select(t => levels[t * Side + band]).Order();
            yield return column.ElementAt(Side / 10);
        }
    }

    private static double LostShare(float[] before, float[] after)
    {
        var was = Bands(before);
        var now = Bands(after);
        var sounding = Enumerable.Range(0, Side).Where(band => was[band] > 1e-5 * was.Max()).ToList();
        return sounding.Count(band => now[band] < 0.063 * was[band]) / (double)Math.Max(1, sounding.Count);
    }

    private static double[] Bands(float[] powers)
    {
        var sums = new double[Side];
        for (var i = 0; i < powers.Length; i++)
            sums[i % Side] += powers[i];
        return sums;
    }

    private static double EnvelopeCorrelation(float[] before, float[] after)
    {
        Span<double> x = stackalloc double[Side];
        Span<double> y = stackalloc double[Side];
        var sum = 0.0;
        for (var band = 0; band < Side; band++)
        {
            for (var t = 0; t < Side; t++)
            {
                x[t] = Math.Sqrt(before[t * Side + band]);
                y[t] = Math.Sqrt(after[t * Side + band]);
            }

            double meanX = TensorPrimitives.Average<double>(x), meanY = TensorPrimitives.Average<double>(y);
            double xy = 0, xx = 1e-20, yy = 1e-20;
            for (var t = 0; t < Side; t++)
            {
                xy += (x[t] - meanX) * (y[t] - meanY);
                xx += (x[t] - meanX) * (x[t] - meanX);
                yy += (y[t] - meanY) * (y[t] - meanY);
            }

            sum += xy / Math.Sqrt(xx * yy);
        }

        return sum / Side;
    }
}
