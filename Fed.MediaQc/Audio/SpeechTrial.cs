using System.Numerics.Tensors;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Audio;

/// <summary>A fault that was put into a programme.</summary>
/// <param name="Fault">What, and how strong.</param>
/// <param name="Start">Seconds from the programme's beginning.</param>
/// <param name="End">Seconds.</param>
public sealed record PlacedFault(SoundFault Fault, double Start, double End)
{
    public bool Overlaps(Finding finding) => finding.Start < End && finding.End > Start;
}

/// <summary>
/// Minutes of speech in the sound of a house, as they go into its encoder, and the faults that were put into them: what
/// a scan is tried on.
/// </summary>
/// <param name="Setting">One of the house's good ones.</param>
/// <param name="Sound">8 kHz, mono, -1 to 1.</param>
/// <param name="Faults">In order of time; none: it is clean.</param>
public sealed record SpeechTrial(
    AudioHousePlan House, string Setting, float[] Sound, IReadOnlyList<PlacedFault> Faults)
{
    private const int Rate = AudioFeatures.SampleRate;

    /// <summary>Seconds of speech that a fault lasts, at least.</summary>
    private const int Block = 6;

    /// <summary>Voices in babble.</summary>
    private const int Crowd = 4;

    /// <summary>For each house one, at one good setting after the other.</summary>
    /// <param name="sources">Directory below which the recordings lie.</param>
    /// <param name="usable">Identifiers of the recordings that a house's programme may have.</param>
    /// <param name="seconds">Of each, at least.</param>
    /// <param name="faults">See <see cref="SoundFault.Parse"/>: by turns, every other six seconds; none: clean ones.
    /// </param>
    /// <exception cref="DataFileException">A voice is missing, or recordings are damaged; or a house may have
    /// none.</exception>
    public static IEnumerable<SpeechTrial> Make(
        AudioPlan plan,
        string sources,
        Func<AudioHousePlan, IReadOnlySet<string>> usable,
        int seconds,
        IReadOnlyList<string> faults,
        int seed)
    {
        var recordings = Recordings.ReadAll(plan, sources);
        foreach (var (turn, house) in plan.Houses.Index())
        {
            var own = usable(house);
            Recording[] some = [.. recordings.Where(recording => own.Contains(recording.Id))];
            if (some.Length == 0)
                throw new DataFileException(sources, $"there is no recording for a programme of {house.Name}");
            var random = new Random(StableSeed.Of(seed, house.Name, faults.Count));
            yield return Make(
                house, house.Good[turn % house.Good.Length], some, seconds, faults, turn, random);
        }
    }

    /// <summary>Encodes it.</summary>
    /// <returns>Name of a file in the folder, which the caller removes.</returns>
    /// <exception cref="MediaToolException">ffmpeg is missing or failed.</exception>
    public Task<string> EncodeAsync(Ffmpeg ffmpeg, string folder, CancellationToken cancel) =>
        AudioCodec.EncodeAsync(ffmpeg, Setting, Sound, folder, cancel);

    /// <summary>Encodes and decodes it.</summary>
    /// <returns>As many samples, in step with <see cref="Sound"/>.</returns>
    /// <exception cref="MediaToolException">ffmpeg is missing or failed.</exception>
    public Task<float[]> ReceiveAsync(Ffmpeg ffmpeg, string folder, CancellationToken cancel) =>
        AudioCodec.SendAsync(ffmpeg, Setting, Sound, folder, cancel);

    private static SpeechTrial Make(
        AudioHousePlan house,
        string setting,
        Recording[] recordings,
        int seconds,
        IReadOnlyList<string> faults,
        int turn,
        Random random)
    {
        var (blocks, placed, length) = (new List<float[]>(), new List<PlacedFault>(), 0);
        using var spoken = Shuffled(recordings, random).GetEnumerator();
        while (length < seconds * Rate)
        {
            var block = Speak(Block * Rate);
            if (faults.Count > 0 && blocks.Count % 2 == 1)
            {
                // Whatever the house: each begins with another fault.
                var fault = SoundFault.Parse(faults[(turn * 7 + placed.Count) % faults.Count]);
                placed.Add(Disturb(fault, block, length));
            }

            blocks.Add(block);
            length += block.Length;
        }

        return new SpeechTrial(house, setting, Segment.Join(blocks), placed);

        float[] Speak(int least)
        {
            var pieces = new List<float[]>();
            while (pieces.Sum(piece => piece.Length) < least && spoken.MoveNext())
                pieces.Add(Segment.InHouse(spoken.Current.Samples, house.Sound, random));
            return Segment.Join(pieces);
        }

        PlacedFault Disturb(SoundFault fault, float[] block, int start)
        {
            var second = LoudestSecond(block);
            float[][] others = fault.Kind == SoundFaultKind.Babble
                ? [.. Enumerable.Range(0, Crowd).Select(_ => Speak(block.Length)[..block.Length])]
                : [];
            SoundFaultMaker.Apply(fault, block, second, others, random);
            AudioProgramme.KeepBelowCeiling(block);
            var (from, to) = fault.IsMomentary ? (second.Start.Value, second.End.Value) : (0, block.Length);
            return new PlacedFault(fault, (start + from) / (double)Rate, (start + to) / (double)Rate);
        }
    }

    // Each as seldom as may be, without end.
    private static IEnumerable<Recording> Shuffled(Recording[] recordings, Random random)
    {
        while (true)
        {
            random.Shuffle(recordings);
            foreach (var recording in recordings)
                yield return recording;
        }
    }

    // Somebody speaks in it.
    private static Range LoudestSecond(ReadOnlySpan<float> block)
    {
        var (best, most) = (0, -1f);
        for (var at = 0; at + Rate <= block.Length; at += Rate / 4)
        {
            var energy = TensorPrimitives.SumOfSquares(block.Slice(at, Rate));
            if (energy > most)
                (best, most) = (at, energy);
        }

        return best..(best + Rate);
    }
}
