using System.Numerics.Tensors;
using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Audio;

/// <summary>
/// A second of a recording, with what comes before and after it, in the sound of a house: level, room, room tone and
/// treble. It is what a fault or a codec is measured against.
/// </summary>
/// <param name="Recording">Where it comes from.</param>
/// <param name="Number">Which second of the recording.</param>
/// <param name="Samples">Of length <see cref="Length"/>.</param>
internal sealed record Segment(Recording Recording, int Number, float[] Samples)
{
    /// <summary>Samples before the second: a room must have begun to sound.</summary>
    public const int Lead = 2000;

    /// <summary>Samples of a segment.</summary>
    public const int Length = Lead + AudioFeatures.SampleRate + Trail;

    private const int Trail = 800;

    // 10 ms at both ends, so that joined segments do not click.
    private const int Fade = 80;

    /// <summary>The second within the segment.</summary>
    public static Range Second => Lead..(Lead + AudioFeatures.SampleRate);

    // So that one long recording does not outweigh ten.
    private const int MostSeconds = 4;

    /// <summary>The first seconds of the recordings, side by side without overlap.</summary>
    public static IEnumerable<Segment> Of(IEnumerable<Recording> recordings, HouseSound sound, int seed)
    {
        foreach (var recording in recordings)
        {
            var random = new Random(StableSeed.Of(seed, recording.Id));
            var whole = InHouse(recording.Samples, sound, random);
            var seconds = Math.Min(recording.Samples.Length / AudioFeatures.SampleRate, MostSeconds);
            for (var i = 0; i < seconds; i++)
                yield return new Segment(recording, i, whole.AsSpan(i * AudioFeatures.SampleRate, Length).ToArray());
        }
    }

    /// <summary>Pieces one after the other, as one programme.</summary>
    public static float[] Join(IReadOnlyList<float[]> pieces)
    {
        var programme = new float[pieces.Sum(piece => piece.Length)];
        var start = 0;
        foreach (var piece in pieces)
        {
            var place = programme.AsSpan(start, piece.Length);
            piece.CopyTo(place);
            for (var at = 0; at < Fade; at++)
            {
                place[at] *= at / (float)Fade;
                place[^(at + 1)] *= at / (float)Fade;
            }

            start += piece.Length;
        }

        return programme;
    }

    /// <summary>A whole recording in the sound of a house: after <see cref="Lead"/> samples of its room, and before a
    /// second of it.</summary>
    public static float[] InHouse(float[] samples, HouseSound sound, Random random)
    {
        var whole = new float[Lead + samples.Length + AudioFeatures.SampleRate];
        samples.CopyTo(whole, Lead);
        Tilt(whole, sound.Tilt);
        if (sound.Room > 0)
            Sound.AddRoom(whole, sound.Room, 12, random);
        var level = Sound.Ratio(sound.Level);
        TensorPrimitives.Multiply(whole, level / Sound.Rms(whole.AsSpan(Lead, samples.Length)), whole);
        var tone = Sound.Noise(whole.Length, random);
        // Room tone has little treble.
        for (var i = 1; i < tone.Length; i++)
            tone[i] = 0.7f * tone[i - 1] + 0.7f * tone[i];
        TensorPrimitives.MultiplyAdd(tone, level * Sound.Ratio(-sound.Tone), whole, whole);
        // A loud syllable must not meet full scale by the house's level alone.
        var peak = MathF.Abs(TensorPrimitives.MaxMagnitude<float>(whole));
        if (peak > 0.7f)
            TensorPrimitives.Multiply(whole, 0.7f / peak, whole);
        return whole;
    }

    // Splits at 800 Hz with one pole and sums the two halves again, the upper louder by so many dB.
    private static void Tilt(Span<float> sound, double decibels)
    {
        var pole = (float)Math.Exp(-2 * Math.PI * 800 / AudioFeatures.SampleRate);
        float gain = Sound.Ratio(decibels), low = 0;
        foreach (ref var sample in sound)
        {
            low = pole * low + (1 - pole) * sample;
            sample = low + gain * (sample - low);
        }
    }
}
