namespace Fed.MediaQc.Cues;

/// <summary>
/// How loud a programme's sound is in four bands of speech, every 10 ms, between what is quiet and what is loud in this
/// programme: 0 is the band's level that a tenth of the frames stay below, 1 that a twentieth exceed. So a bed of music
/// or a quiet mix changes little, which a fixed threshold does not survive.
/// </summary>
public sealed class SoundLevels
{
    /// <summary>Samples a second of the sound that is looked at: speech needs no more.</summary>
    public const int SampleRate = 8000;

    /// <summary>Frames a second.</summary>
    public const int FrameRate = 100;

    public const int Bands = 4;

    private const int FrameLength = SampleRate / FrameRate;

    /// <summary>Decibels of full scale; what is quieter is silence, so that digital zeros are no deep valley.</summary>
    private const float Silence = -70;

    /// <summary>Decibels: a programme whose loud and quiet parts are closer is not stretched further.</summary>
    private const float LeastRange = 12;

    /// <summary>Hertz: pitch, first formant, second formant, sibilants.</summary>
    private static readonly (double Low, double High)[] s_bands = [(90, 350), (350, 900), (900, 2000), (2000, 3700)];

    // A prefix sum a band, so that the mean of any stretch costs two look-ups.
    private readonly double[][] _sums;

    private SoundLevels(double[][] sums) => _sums = sums;

    public int Frames => _sums[0].Length - 1;

    /// <summary>Seconds.</summary>
    public double Length => (double)Frames / FrameRate;

    /// <param name="sound">Mono, 8 kHz, -1 to 1; what is left of the last 10 ms is not looked at.</param>
    /// <exception cref="ArgumentException">Shorter than a second.</exception>
    public static SoundLevels Measure(ReadOnlySpan<float> sound)
    {
        var meter = new Meter();
        meter.Add(sound);
        return meter.Result()
            ?? throw new ArgumentException($"the sound has {sound.Length} samples of 8 kHz; it needs a second or more");
    }

    /// <returns>Mean level of a band between two frames, 0 to 1; 0 outside of the programme.</returns>
    /// <param name="from">First frame; may lie outside.</param>
    /// <param name="to">Frame behind the last one, greater than <paramref name="from"/>.</param>
    public float Mean(int band, int from, int to)
    {
        var sums = _sums[band];
        return (float)((sums[Math.Clamp(to, 0, Frames)] - sums[Math.Clamp(from, 0, Frames)]) / (to - from));
    }

    private static double[] PrefixSums(List<float> levels)
    {
        var sorted = levels.ToArray();
        Array.Sort(sorted);
        var floor = sorted[levels.Count / 10];
        var range = Math.Max(LeastRange, sorted[levels.Count * 19 / 20] - floor);
        var sums = new double[levels.Count + 1];
        for (var i = 0; i < levels.Count; i++)
            sums[i + 1] = sums[i] + Math.Clamp((levels[i] - floor) / range, 0, 1);
        return sums;
    }

    /// <summary>Measures sound that comes in pieces.</summary>
    public sealed class Meter
    {
        private readonly BandPass[] _filters =
            [.. s_bands.Select(band => BandPass.Create(band.Low, band.High, SampleRate))];

        private readonly List<float>[] _levels = [.. s_bands.Select(_ => new List<float>())];
        private readonly double[] _energies = new double[Bands];
        private int _filled;

        /// <param name="sound">The next piece, of any length.</param>
        public void Add(ReadOnlySpan<float> sound)
        {
            while (sound.Length > 0)
            {
                var piece = sound[..Math.Min(sound.Length, FrameLength - _filled)];
                for (var band = 0; band < Bands; band++)
                    _energies[band] += Energy(piece, ref _filters[band]);
                _filled += piece.Length;
                sound = sound[piece.Length..];
                if (_filled == FrameLength)
                    EndFrame();
            }
        }

        /// <param name="before">Seconds of silence before what was added.</param>
        /// <returns>Null: that was shorter than a second.</returns>
        public SoundLevels? Result(double before = 0)
        {
            if (_levels[0].Count < FrameRate)
                return null;
            var silence = Enumerable.Repeat(Silence, (int)Math.Round(before * FrameRate));
            return new SoundLevels([.. _levels.Select(band => PrefixSums([.. silence, .. band]))]);
        }

        private static double Energy(ReadOnlySpan<float> sound, ref BandPass filter)
        {
            var energy = 0.0;
            foreach (var sample in sound)
            {
                var value = filter.Next(sample);
                energy += value * value;
            }

            return energy;
        }

        private void EndFrame()
        {
            for (var band = 0; band < Bands; band++)
                _levels[band].Add(Math.Max(Silence, (float)(10 * Math.Log10(_energies[band] / FrameLength + 1e-12))));
            Array.Clear(_energies);
            _filled = 0;
        }
    }
}

/// <summary>A band-pass of the second order, 0 dB at its centre (R. Bristow-Johnson, Audio EQ Cookbook).</summary>
internal struct BandPass
{
    private double _b, _a1, _a2, _x1, _x2, _y1, _y2;

    /// <param name="low">Hertz at -3 dB.</param>
    /// <param name="high">Hertz at -3 dB, below half the rate.</param>
    public static BandPass Create(double low, double high, double rate)
    {
        var centre = 2 * Math.PI * Math.Sqrt(low * high) / rate;
        var alpha = Math.Sin(centre) * (high - low) / (2 * Math.Sqrt(low * high));
        return new BandPass
        {
            _b = alpha / (1 + alpha),
            _a1 = -2 * Math.Cos(centre) / (1 + alpha),
            _a2 = (1 - alpha) / (1 + alpha),
        };
    }

    public double Next(double x)
    {
        var y = _b * (x - _x2) - _a1 * _y1 - _a2 * _y2;
        (_x2, _x1, _y2, _y1) = (_x1, x, _y1, y);
        return y;
    }
}
