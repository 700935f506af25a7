using System.Numerics.Tensors;
using NWaves.Filters.Fda;
using NWaves.Transforms;

namespace Fed.MediaQc.Audio;

/// <summary>
/// One second of sound at 8 kHz to the two planes that are stored and that a scan makes: 32 frames of 31.25 ms by 32
/// values. Both are relative to the second's own loudest, so that the level of a programme does not matter. Nothing is
/// learned here. An instance has buffers of its own: one for each thread.
/// </summary>
public sealed class AudioFeatures
{
    /// <summary>Samples a second; sound at other rates is resampled first.</summary>
    public const int SampleRate = 8000;

    /// <summary>Frames a second, and values a frame in each plane.</summary>
    public const int Side = 32;

    /// <summary>Bytes of one plane.</summary>
    public const int Plane = Side * Side;

    /// <summary>
    /// Plane 0: log-mel power (60 to 3900 Hz, Hann windows of 32 ms), in <see cref="MelStep"/> dB above the floor.
    /// Plane 1: histogram of |x| over each frame: column 31 holds what is within <see cref="LevelStep"/> dB of the
    /// second's peak, column 0 all that is 62 dB and more below it; a count c of 250 is stored as 31 sqrt(c/250).
    /// </summary>
    public const int Planes = 2;

    /// <summary>Decibels a unit of plane 0; 40 is the loudest band of a frame, 0 is 80 dB and more below.</summary>
    public const float MelStep = 2f;

    /// <summary>Decibels a column of plane 1.</summary>
    public const float LevelStep = 2f;

    /// <summary>Highest value of plane 0.</summary>
    public const int MelTop = 40;

    /// <summary>Highest value of plane 1.</summary>
    public const int CountTop = 31;

    internal const int FrameLength = SampleRate / Side;

    private const int Window = 256;
    private const int FftSize = 512;

    // 1e-6 of full scale: below any 16-bit sample, above the noise of arithmetic.
    private const float LeastPeak = 1e-6f;

    private static readonly float[] s_window =
        [.. Enumerable.Range(0, Window).Select(i => (float)(0.5 - 0.5 * Math.Cos(2 * Math.PI * (i + 0.5) / Window)))];

    private static readonly float[][] s_bands =
        FilterBanks.Triangular(FftSize, SampleRate, FilterBanks.MelBands(Side, SampleRate, 60, 3900));

    private static readonly byte[] s_roots =
    [
        .. Enumerable.Range(0, FrameLength + 1)
            .Select(count => (byte)Math.Round(CountTop * Math.Sqrt(count / (double)FrameLength))),
    ];

    private readonly RealFft _fft = new(FftSize);
    private readonly float[] _frame = new float[FftSize];
    private readonly float[] _real = new float[FftSize / 2 + 1];
    private readonly float[] _imaginary = new float[FftSize / 2 + 1];
    private readonly float[] _levels = new float[SampleRate];
    private readonly float[] _powers = new float[Plane];

    /// <param name="second">8000 samples, finite; their scale does not matter.</param>
    /// <param name="planes">Gets 2 x 32 x 32 values: plane after plane, frame after frame.</param>
    /// <returns>Share of the frames that are within 30 dB of the loudest: that speak, where somebody does.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public double Extract(ReadOnlySpan<float> second, Span<byte> planes)
    {
        if (second.Length != SampleRate || planes.Length != Planes * Plane)
        {
            throw new ArgumentException(
                $"{SampleRate} samples make {Planes * Plane} values, not {second.Length} samples {planes.Length}");
        }

        WriteMel(second, planes[..Plane]);
        WriteLevels(second, planes[Plane..]);
        return ActiveShare(_powers);
    }

    /// <summary>Power in each mel band of each frame, frame after frame.</summary>
    internal void MelPowers(ReadOnlySpan<float> second, Span<float> powers)
    {
        powers[..Plane].Clear();
        // Two windows a frame, so that no sample falls between windows.
        for (var half = 0; half < 2 * Side; half++)
        {
            Transform(second, half * FrameLength / 2 + FrameLength / 4 - Window / 2);
            var frame = powers.Slice(half / 2 * Side, Side);
            for (var band = 0; band < Side; band++)
                frame[band] += TensorPrimitives.Dot<float>(_real, s_bands[band]);
        }
    }

    /// <summary>See <see cref="Extract"/>.</summary>
    /// <param name="powers">Of <see cref="MelPowers"/>.</param>
    internal static double ActiveShare(ReadOnlySpan<float> powers)
    {
        Span<float> frames = stackalloc float[Side];
        for (var t = 0; t < Side; t++)
            frames[t] = TensorPrimitives.Sum(powers.Slice(t * Side, Side));
        var (least, active) = (0.001f * TensorPrimitives.Max<float>(frames), 0);
        foreach (var frame in frames)
            active += frame > least ? 1 : 0;
        return active / (double)Side;
    }

    private void WriteMel(ReadOnlySpan<float> second, Span<byte> plane)
    {
        MelPowers(second, _powers);
        var top = MathF.Max(TensorPrimitives.Max<float>(_powers), LeastPeak * LeastPeak);
        for (var i = 0; i < Plane; i++)
        {
            var decibels = 10 * MathF.Log10(_powers[i] / top + 1e-12f);
            plane[i] = (byte)Math.Clamp(MathF.Round(MelTop + decibels / MelStep), 0, MelTop);
        }
    }

    private void WriteLevels(ReadOnlySpan<float> second, Span<byte> plane)
    {
        var peak = MathF.Max(MathF.Abs(TensorPrimitives.MaxMagnitude(second)), LeastPeak);
        // In steps below the peak: 20 log10(x) = 6.0206 log2(x).
        const float stepsPerOctave = 6.0206f / LevelStep;
        TensorPrimitives.Abs(second, _levels);
        TensorPrimitives.Divide(_levels, peak, _levels);
        TensorPrimitives.Max(_levels, LeastPeak, _levels);
        TensorPrimitives.Log2(_levels, _levels);
        TensorPrimitives.Multiply(_levels, -stepsPerOctave, _levels);
        Span<int> counts = stackalloc int[Side];
        for (var frame = 0; frame < Side; frame++)
        {
            counts.Clear();
            foreach (var below in _levels.AsSpan(frame * FrameLength, FrameLength))
                counts[Side - 1 - Math.Clamp((int)below, 0, Side - 1)]++;
            for (var column = 0; column < Side; column++)
                plane[frame * Side + column] = s_roots[counts[column]];
        }
    }

    // Beyond its ends the second is silent. The power spectrum comes to stand in _real.
    private void Transform(ReadOnlySpan<float> second, int start)
    {
        Array.Clear(_frame);
        int from = Math.Max(start, 0), to = Math.Min(start + Window, second.Length);
        second[from..to].CopyTo(_frame.AsSpan(from - start));
        TensorPrimitives.Multiply(_frame.AsSpan(0, Window), s_window, _frame.AsSpan(0, Window));
        _fft.Direct(_frame, _real, _imaginary);
        TensorPrimitives.Multiply<float>(_real, _real, _real);
        TensorPrimitives.MultiplyAdd<float>(_imaginary, _imaginary, _real, _real);
    }
}
