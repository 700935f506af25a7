using System.Globalization;
using System.Numerics.Tensors;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Audio;

/// <summary>One second to make: a segment, a setting of the encoder, perhaps a fault.</summary>
/// <param name="Segment">Whose second is looked at.</param>
/// <param name="Setting">Of <see cref="AudioCodec"/>.</param>
/// <param name="Fault">Null for none.</param>
/// <param name="Others">Who talks in the background, for babble.</param>
internal sealed record AudioJob(Segment Segment, string Setting, SoundFault? Fault, IReadOnlyList<Segment> Others);

/// <summary>A second as it was delivered.</summary>
/// <param name="Job">What was done.</param>
/// <param name="Label">Null when it meets no rule.</param>
/// <param name="Measures">What was measured.</param>
/// <param name="Planes">Of <see cref="AudioFeatures"/>.</param>
internal sealed record AudioCandidate(AudioJob Job, AudioLabel? Label, AudioMeasures Measures, byte[] Planes);

/// <summary>Sends segments through a chain of production, joined to one programme, and looks at what arrives.</summary>
internal static class AudioProgramme
{
    // No sample may meet full scale on its way through a codec, for that would be another fault.
    private const float Ceiling = 0.7f;

    public static void KeepBelowCeiling(Span<float> sound)
    {
        var peak = MathF.Abs(TensorPrimitives.MaxMagnitude<float>(sound));
        if (peak > Ceiling)
            TensorPrimitives.Multiply(sound, Ceiling / peak, sound);
    }

    /// <param name="jobs">All with the same setting.</param>
    /// <param name="scratch">For temporary files.</param>
    /// <param name="seed">Of the whole set.</param>
    /// <exception cref="MediaToolException">ffmpeg is missing or failed.</exception>
    public static async Task<List<AudioCandidate>> RunAsync(
        IReadOnlyList<AudioJob> jobs, Ffmpeg ffmpeg, string scratch, int seed, CancellationToken cancel)
    {
        var sent = Segment.Join([.. jobs.Select(job => Disturb(job, afterCoding: false, job.Segment.Samples))]);
        var received = await AudioCodec.SendAsync(ffmpeg, jobs[0].Setting, sent, scratch, cancel);
        var features = new AudioFeatures();
        return [.. jobs.Select(Look)];

        float[] Disturb(AudioJob job, bool afterCoding, float[] samples)
        {
            if (job.Fault is not { } fault || fault.AfterCoding != afterCoding)
                return samples;
            var disturbed = samples.ToArray();
            var random = new Random(StableSeed.Of(seed, job.Segment.Recording.Id, job.Segment.Number, fault));
            SoundFaultMaker.Apply(
                fault, disturbed, Segment.Second, [.. job.Others.Select(other => other.Samples)], random);
            KeepBelowCeiling(disturbed);
            return disturbed;
        }

        AudioCandidate Look(AudioJob job, int index)
        {
            var arrived = received.AsSpan(index * Segment.Length, Segment.Length).ToArray();
            var delivered = Disturb(job, afterCoding: true, arrived).AsSpan(Segment.Second);
            var measures = AudioMeasures.Of(features, job.Segment.Samples.AsSpan(Segment.Second), delivered);
            var label = job.Fault is { } fault
                ? AudioLabeller.OfFault(fault, measures)
                : AudioLabeller.OfCoding(measures);
            var planes = new byte[AudioFeatures.Planes * AudioFeatures.Plane];
            features.Extract(delivered, planes);
            return new AudioCandidate(job, label, measures, planes);
        }
    }
}

/// <summary>
/// Writes what was measured on each second, as CSV, for whoever sets or checks the thresholds; class - for those
/// without a label.
/// </summary>
internal sealed class AudioMeasuresLog : IDisposable
{
    private readonly StreamWriter _writer;

    public AudioMeasuresLog(string path)
    {
        _writer = new StreamWriter(path);
        _writer.WriteLine(
            "set,source,setting,fault,strength,class,severity,active,distance,crestLost,distortion,gapMilliseconds,"
            + "step,floorRise,bandsLost,modulation");
    }

    public void Add(string set, IEnumerable<AudioCandidate> candidates)
    {
        foreach (var c in candidates)
        {
            var (m, fault) = (c.Measures, c.Job.Fault);
            _writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{set},{c.Job.Segment.Recording.Id},{c.Job.Setting},{fault?.Kind},{fault?.Strength},"
                + $"{c.Label?.Class ?? "-"},{c.Label?.Severity},{m.Active:f3},{m.Distance:f3},{m.CrestLost:f3},"
                + $"{m.Distortion:f3},{m.GapMilliseconds:f1},{m.Step:f3},{m.FloorRise:f3},{m.BandsLost:f3},"
                + $"{m.Modulation:f3}"));
        }
    }

    public void Dispose() => _writer.Dispose();
}
