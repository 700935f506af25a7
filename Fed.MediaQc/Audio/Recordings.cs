using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Audio;

/// <summary>One recording of a voice.</summary>
/// <param name="Voice">The speaker.</param>
/// <param name="Id">Voice and name within its folder.</param>
/// <param name="Path">Path below the sources directory.</param>
/// <param name="Samples">Sound at 8 kHz.</param>
internal sealed record Recording(VoicePlan Voice, string Id, string Path, float[] Samples);

/// <summary>Reads the recordings of the plan's voices, and deals them out to houses and the held-out part.</summary>
internal sealed class Recordings
{
    /// <summary>Shorter recordings (digits, letters) have no second to look at.</summary>
    private const int Shortest = 3 * AudioFeatures.SampleRate / 2;

    /// <summary>-70 dB of full scale: quieter recordings are silent ones.</summary>
    private const float LeastPeak = 0.0003f;

    /// <summary>Of a house's recordings one in so many is for validation; of a voice's one is held out.</summary>
    private const int Share = 5;

    private readonly Dictionary<string, List<Recording>> _parts = [];

    private Recordings(int leftOut) => LeftOut = leftOut;

    /// <summary>Recordings that are too short, or silence by design.</summary>
    public int LeftOut { get; }

    /// <summary>Every recording that a part has, by part.</summary>
    public IEnumerable<(string Part, Recording Recording)> All =>
        _parts.SelectMany(part => part.Value, (part, recording) => (part.Key.Split(' ')[0], recording));

    public IReadOnlyList<Recording> Train(AudioHousePlan house) =>
        [.. _parts[house.Name].Where((_, i) => i % Share != 0)];

    public IReadOnlyList<Recording> Validation(AudioHousePlan house) =>
        [.. _parts[house.Name].Where((_, i) => i % Share == 0)];

    /// <summary>The held-out recordings of a language: of held-out speakers too, where there are.</summary>
    public IReadOnlyList<Recording> Test(string cluster) => _parts[TestPart(cluster)];

    /// <exception cref="DataFileException">A voice is missing, or recordings are damaged, silent or of another format;
    /// ten are named.</exception>
    public static Recordings Read(AudioPlan plan, string directory, int seed)
    {
        var voices = ReadVoices(plan, directory);
        var recordings = new Recordings(voices.Sum(voice => voice.LeftOut));
        foreach (var (_, found) in voices)
            recordings.Deal(plan, found, seed);
        return recordings;
    }

    /// <summary>All of all voices, whoever has them.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static IReadOnlyList<Recording> ReadAll(AudioPlan plan, string directory) =>
        [.. ReadVoices(plan, directory).SelectMany(voice => voice.Found)];

    private static List<(int LeftOut, List<Recording> Found)> ReadVoices(AudioPlan plan, string directory)
    {
        var problems = new List<DataFileException>();
        var voices = plan.Voices.Select(voice => ReadVoice(voice, directory, problems)).ToList();
        return problems.Count == 0 ? voices : throw DataFileException.Of(problems);
    }

    // By seeded lot, whatever the names are: a fifth is held out, the houses of the language share the rest. Of a
    // held-out speaker a fifth is enough, too.
    private void Deal(AudioPlan plan, List<Recording> found, int seed)
    {
        var houses = plan.Houses.Where(house => house.Cluster == found[0].Voice.Cluster).ToList();
        var held = found.Count / Share;
        var dealt = found.OrderBy(one => StableSeed.Of(seed, one.Id)).Take(found[0].Voice.HeldOut ? held : found.Count);
        foreach (var (i, recording) in dealt.Index())
        {
            var part = i < held ? TestPart(recording.Voice.Cluster) : houses[i % houses.Count].Name;
            if (!_parts.TryGetValue(part, out var list))
                _parts[part] = list = [];
            list.Add(recording);
        }
    }

    private static string TestPart(string cluster) => $"{Provenance.Test} {cluster}";

    private static (int LeftOut, List<Recording> Found) ReadVoice(
        VoicePlan voice, string directory, List<DataFileException> problems)
    {
        var folder = Path.Combine(directory, voice.Path);
        var found = new List<Recording>();
        if (!Directory.Exists(folder))
        {
            problems.Add(new DataFileException(
                folder,
                $"the recordings of voice '{voice.Id}' are missing; apt-get install {voice.Package}, or give "
                + "--sources"));
            return (0, found);
        }

        var leftOut = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*.wav", SearchOption.AllDirectories)
                     .Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(folder, file).Replace('\\', '/');
            try
            {
                // Pauses of so many seconds, by the packages' own naming.
                if (!name.StartsWith("silence/", StringComparison.Ordinal) && ReadWave(file) is { } samples)
                    found.Add(new Recording(voice, $"{voice.Id}/{name[..^4]}", $"{voice.Path}/{name}", samples));
                else
                    leftOut++;
            }
            catch (DataFileException error)
            {
                problems.Add(error);
            }
        }

        if (found.Count < 2 * Share)
        {
            problems.Add(new DataFileException(
                folder,
                $"voice '{voice.Id}' has {found.Count} recordings of 1.5 s or more, and needs {2 * Share}; apt-get "
                + $"install {voice.Package}, or give --sources"));
        }

        return (leftOut, found);
    }

    /// <returns>Its samples, or null for a recording that is too short.</returns>
    /// <exception cref="DataFileException">It is damaged, silent, or of another format.</exception>
    private static float[]? ReadWave(string path)
    {
        var samples = WavFile.Read(path);
        if (samples.Length < Shortest)
            return null;
        return samples.Max(Math.Abs) >= LeastPeak
            ? samples
            : throw new DataFileException(path, "the recording is silent; use another one");
    }
}
