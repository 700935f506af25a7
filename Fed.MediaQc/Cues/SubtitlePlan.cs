using System.Text.Json;
using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Cues;

/// <summary>What <c>fed data build --task subtitles</c> makes: languages, houses with their habits, the held-out
/// part.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Languages">The clusters, each with its recordings.</param>
/// <param name="Houses">The participants, in the order in which a smaller federation takes them.</param>
/// <param name="Train">Training cues of a house: its faults share them.</param>
/// <param name="Validation">Validation cues of a house.</param>
/// <param name="TestPerClass">Held-out cues of each class for each language.</param>
/// <param name="Utterances">Utterances of a programme, at least 8.</param>
public sealed record SubtitlePlan(
    string Task,
    LanguagePlan[] Languages,
    SubtitleHouse[] Houses,
    int Train,
    int Validation,
    int TestPerClass,
    int Utterances)
{
    /// <summary>The plan of the shipped set.</summary>
    public static SubtitlePlan Default()
    {
        using var stream = typeof(SubtitlePlan).Assembly.GetManifestResourceStream("subtitle-qc.plan.json")!;
        return JsonSerializer.Deserialize<SubtitlePlan>(stream, BuildPlan.Json)!;
    }

    /// <exception cref="DataFileException">The file is missing, is not a plan, or contradicts itself.</exception>
    public static SubtitlePlan Read(string path)
    {
        try
        {
            var plan = JsonFile.Read<SubtitlePlan>(path, BuildPlan.Json, "a plan of the subtitle task");
            var problems = plan.Problems().ToList();
            return problems.Count == 0 ? plan : throw new DataFileException(path, string.Join("; ", problems));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "the plan is missing", error);
        }
    }

    public SubtitleHouse[] HousesOf(LanguagePlan language) =>
        [.. Houses.Where(house => house.Language == language.Key)];

    /// <summary>Everything that is wrong, so that one run tells all of it.</summary>
    public IEnumerable<string> Problems()
    {
        if (Train < 1 || Validation < 1 || TestPerClass < 1)
            yield return "train, validation and testPerClass must be at least 1";
        if (Utterances is < 8 or > 500)
            yield return $"utterances is {Utterances}; it must be 8 to 500";
        foreach (var name in Repeated(Languages.Select(language => language.Key)))
            yield return $"language '{name}' appears twice";
        foreach (var name in Repeated(Houses.Select(house => house.Name)))
            yield return $"house '{name}' appears twice";
        foreach (var language in Languages.Where(one => Houses.All(house => house.Language != one.Key)))
            yield return $"language '{language.Key}' has no house";
        foreach (var problem in Houses.SelectMany(house => house.Problems(Languages, CueClasses.Names)))
            yield return problem;
    }

    internal static IEnumerable<string> Repeated(IEnumerable<string> names) =>
        names.CountBy(name => name, StringComparer.Ordinal).Where(one => one.Value > 1).Select(one => one.Key);
}

/// <summary>A language and its recordings.</summary>
/// <param name="Key">Cluster key, such as <c>en</c>.</param>
/// <param name="Sounds">Folder of the recordings, below the sources directory.</param>
/// <param name="Texts">File of the transcripts, below the sources directory.</param>
/// <param name="Packages">Debian packages that install both.</param>
/// <param name="Author">Whom to credit.</param>
/// <param name="Licence">As the package's copyright file gives it.</param>
public sealed record LanguagePlan(
    string Key, string Sounds, string Texts, string[] Packages, string Author, string Licence);

/// <summary>One participant: how it cues, what lies under its speech, what goes wrong there.</summary>
/// <param name="Name">Lower case with dashes.</param>
/// <param name="Language">Key of its language.</param>
/// <param name="About">One sentence on the house.</param>
/// <param name="Habits">How it cues.</param>
/// <param name="Beds">What lies under the speech, one a programme, in turn: see <see cref="SoundBed"/>.</param>
/// <param name="Faults">Class to its share of the house's samples.</param>
public record SubtitleHouse(
    string Name, string Language, string About, CueHabits Habits, string[] Beds, Dictionary<string, double> Faults)
{
    /// <returns>How many of so many samples are of each class.</returns>
    internal int[] Share(int count, IReadOnlyList<string> classes)
    {
        var sum = Faults.Values.Sum();
        return [.. classes.Select(name => (int)Math.Round(count * Faults.GetValueOrDefault(name) / sum))];
    }

    /// <param name="languages">Of its plan.</param>
    /// <param name="classes">Of its task.</param>
    internal IEnumerable<string> Problems(IEnumerable<LanguagePlan> languages, IReadOnlyList<string> classes)
    {
        if (languages.All(language => language.Key != Language))
            yield return $"{Name}: language '{Language}' is not described";
        foreach (var name in Faults.Keys.Where(name => !classes.Contains(name)))
            yield return $"{Name}: class '{name}' is not one of {string.Join(", ", classes)}";
        if (Faults.Values.Any(share => !(share >= 0)) || !(Faults.Values.Sum() > 0))
            yield return $"{Name}: faults must be shares of 0 or more, not all 0";
        if (Beds.Length == 0)
            yield return $"{Name}: beds is empty; give at least 'none'";
        foreach (var bed in Beds.Where(bed => SoundBed.Problem(bed) is not null))
            yield return $"{Name}: {SoundBed.Problem(bed)}";
        foreach (var problem in Habits.Problems())
            yield return $"{Name}: {problem}";
    }
}

/// <summary>How a house sets its cues.</summary>
/// <param name="LeadIn">Seconds from a cue's start to the first sound, least and most.</param>
/// <param name="Tail">Seconds from the last sound to the cue's end, least and most.</param>
/// <param name="Pauses">Seconds between utterances, least and most.</param>
/// <param name="Merge">Share of the pauses below 0.6 s over which one cue goes on, 0 to 1.</param>
/// <param name="FrameRate">Cues begin and end at pictures of this rate.</param>
public sealed record CueHabits(double[] LeadIn, double[] Tail, double[] Pauses, double Merge, double FrameRate)
{
    internal IEnumerable<string> Problems()
    {
        foreach (var (name, range, most) in
            new[] { ("leadIn", LeadIn, 0.4), ("tail", Tail, 1.2), ("pauses", Pauses, 20) })
        {
            if (range is not [var from, var to] || !(from >= 0 && from <= to && to <= most))
                yield return $"habits.{name} must be two numbers of 0 to {most}, the least first";
        }

        if (Merge is not (>= 0 and <= 1))
            yield return $"habits.merge is {Merge}; it must be 0 to 1";
        if (FrameRate is not (>= 10 and <= 120))
            yield return $"habits.frameRate is {FrameRate}; it must be 10 to 120";
    }
}
