using Fed.MediaQc.Cues;
using Fed.MediaQc.Folders;

namespace Fed.Tests.MediaQc.Cues;

/// <summary>Two languages of one house each, of made recordings, built in a second.</summary>
internal sealed class TinySubtitleBuild : IDisposable
{
    public const int Recorded = 28;

    private readonly Scratch _scratch = new();

    public TinySubtitleBuild()
    {
        foreach (var language in Plan.Languages)
        {
            Directory.CreateDirectory(_scratch.File(language.Sounds));
            var texts = Enumerable.Range(0, Recorded).Select(i => $"a{i:d2}: {Text(i)}");
            File.WriteAllLines(_scratch.File(language.Texts), texts.Prepend("; of a test").Append("beep: [a tone]"));
            for (var i = 0; i < Recorded; i++)
                Record(language, $"a{i:d2}", Length(i));
            Record(language, "beep", 1);
        }
    }

    public List<string> Lines { get; } = [];

    public SubtitlePlan Plan { get; } = new(
        "tiny-subtitles",
        [Language("xx"), Language("yy")],
        [House("one", "xx", "none"), House("two", "yy", "noise:10")],
        Train: 25,
        Validation: 10,
        TestPerClass: 3,
        Utterances: 14);

    public string PathOf(string name) => _scratch.File(name);

    public void Record(LanguagePlan language, string name, double length, double gain = 1)
    {
        var sound = SyntheticSpeech.Speak([(0.2, 0.2 + length)], length + 0.4, name.Sum(c => c));
        File.WriteAllBytes(
            Path.Combine(_scratch.File(language.Sounds), name + ".wav"),
            SyntheticSpeech.Wav(Array.ConvertAll(sound, sample => (float)(sample * gain))));
    }

    public Task RunAsync(string name, int jobs = 2, SubtitlePlan? plan = null) =>
        new SubtitleBuilder(plan ?? Plan, new BuildOptions(_scratch.Directory, PathOf(name), 7, jobs), Lines.Add)
            .RunAsync(CancellationToken.None);

    public void Dispose() => _scratch.Dispose();

    private static double Length(int i) => 0.8 + i % 7 * 0.6;

    /// <summary>15 letters a second, none twice.</summary>
    private static string Text(int i) =>
        new string((char)('a' + i % 26), (int)(15 * Length(i)) - 1) + (char)('a' + i / 26);

    private static LanguagePlan Language(string key) =>
        new(key, $"sounds/{key}", $"{key}.txt", [$"sounds-of-{key}"], "Ann Author", "CC0");

    private static SubtitleHouse House(string name, string language, string bed) => new(
        name, language, "A test.", new CueHabits([0, 0.1], [0.1, 0.4], [0.3, 2], 0.2, 25), [bed],
        CueClasses.Names.ToDictionary(label => label, _ => 0.2));
}
