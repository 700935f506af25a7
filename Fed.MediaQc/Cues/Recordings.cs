using System.IO.Compression;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Cues;

/// <summary>One recorded sentence and what is said in it.</summary>
/// <param name="Id">The language's key and its name there, such as <c>en/vm-goodbye</c>.</param>
/// <param name="Path">Below the sources directory.</param>
/// <param name="Sound">Mono, 8 kHz, from the first to the last sound.</param>
/// <param name="Letters">See <see cref="TimedCue.CountLetters"/>.</param>
public sealed record Utterance(string Id, string Path, string Text, float[] Sound, int Letters)
{
    /// <summary>Seconds.</summary>
    public double Length => (double)Sound.Length / SoundLevels.SampleRate;
}

/// <summary>The utterances of one language, and how many recordings were left out for what reason.</summary>
/// <param name="Utterances">In the order of their names; no text twice.</param>
/// <param name="Skipped">Reason to number of recordings.</param>
public sealed record Recordings(IReadOnlyList<Utterance> Utterances, IReadOnlyDictionary<string, int> Skipped)
{
    /// <summary>Seconds; a shorter one is a letter or digit, a longer one no single cue.</summary>
    public const double Shortest = 0.7, Longest = 7;

    /// <summary>Letters a second; outside, the transcript is not what is said (a beep, a note).</summary>
    private const double Slowest = 5, Fastest = 28;

    /// <summary>Decibels below a recording's loudest 10 ms at which its sound begins and ends.</summary>
    private const double Edge = 32;

    /// <summary>A loudest 10 ms of less is silence: full scale is 1.</summary>
    private const double Silence = 0.003;

    private const int Frame = SoundLevels.SampleRate / SoundLevels.FrameRate;

    /// <param name="language">Packages and paths.</param>
    /// <param name="root">Directory below which the paths lie.</param>
    /// <exception cref="DataFileException">The package is missing; a recording is damaged or silent.</exception>
    public static Recordings Read(LanguagePlan language, string root)
    {
        var folder = Path.Combine(root, language.Sounds);
        var texts = ReadTexts(Path.Combine(root, language.Texts), language);
        if (!Directory.Exists(folder))
            throw Missing(folder, language);
        var utterances = new List<Utterance>();
        var skipped = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder, "*.wav", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal))
        {
            var id = Path.ChangeExtension(Path.GetRelativePath(folder, path), null).Replace('\\', '/');
            if (!texts.TryGetValue(id, out var text))
                Skip("no transcript");
            else if (text.Length == 0 || "[(<".Contains(text[0], StringComparison.Ordinal))
                Skip("no speech");
            else if (Problem(Load(path, Describe(id, text)), out var utterance) is { } problem)
                Skip(problem);
            else if (!known.Add(text.Trim(' ', '.').ToUpperInvariant()))
                Skip("the same text as another");
            else
                utterances.Add(utterance);
        }

        return new Recordings(utterances, skipped);

        Utterance Describe(string id, string text) => new(
            $"{language.Key}/{id}", Path.Combine(language.Sounds, id + ".wav"), text, [], TimedCue.CountLetters(text));

        void Skip(string reason) => skipped[reason] = skipped.GetValueOrDefault(reason) + 1;
    }

    private static string? Problem(Utterance candidate, out Utterance utterance)
    {
        utterance = candidate;
        if (candidate.Length < Shortest)
            return $"shorter than {Shortest:0.#} s";
        if (candidate.Length > Longest)
            return $"longer than {Longest:0.#} s";
        return candidate.Letters / candidate.Length is < Slowest or > Fastest ? "text and length do not agree" : null;
    }

    /// <summary>Its sound, without the silence around it.</summary>
    private static Utterance Load(string path, Utterance described)
    {
        var sound = WavFile.Read(path);
        var loudness = new double[sound.Length / Frame];
        for (var i = 0; i < loudness.Length; i++)
        {
            var energy = 0.0;
            foreach (var sample in sound.AsSpan(i * Frame, Frame))
                energy += sample * sample;
            loudness[i] = Math.Sqrt(energy / Frame);
        }

        var loudest = loudness.DefaultIfEmpty().Max();
        if (loudest < Silence)
        {
            throw new DataFileException(
                path, $"this is silent, and its transcript says '{described.Text}'; install its package again");
        }

        var least = loudest * Math.Pow(10, -Edge / 20);
        var first = Array.FindIndex(loudness, value => value >= least);
        var last = Array.FindLastIndex(loudness, value => value >= least);
        return described with { Sound = sound.AsSpan(first * Frame, (last + 1 - first) * Frame).ToArray() };
    }

    /// <summary>Lines of <c>name: text</c>; a semicolon begins a comment.</summary>
    private static Dictionary<string, string> ReadTexts(string path, LanguagePlan language)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var file = File.OpenRead(path);
            using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal)
                ? new GZipStream(file, CompressionMode.Decompress)
                : file;
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
            {
                if (!line.StartsWith(';') && line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
                    texts.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing(path, language);
        }
        catch (InvalidDataException error)
        {
            throw new DataFileException(path, $"damaged: {error.Message}", error);
        }

        return texts;
    }

    private static DataFileException Missing(string path, LanguagePlan language) => new(
        path,
        $"missing; install the recordings of '{language.Key}': apt-get install {string.Join(' ', language.Packages)}");
}
