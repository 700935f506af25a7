using System.Text.Json;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Programmes;

/// <summary>What <c>fed data build --task multimodal</c> makes: languages, photographs, houses with their habits, the
/// held-out part.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Languages">The clusters, each with its recordings.</param>
/// <param name="Pictures">The photographs, each with its licence.</param>
/// <param name="Houses">The participants, in the order in which a smaller federation takes them.</param>
/// <param name="TestPictures">Identifiers of the held-out photographs.</param>
/// <param name="Train">Training stretches of a house: its faults share them.</param>
/// <param name="Validation">Validation stretches of a house.</param>
/// <param name="TestPerClass">Held-out stretches of each class for each language.</param>
/// <param name="Utterances">Utterances of a programme, 8 to 500.</param>
/// <param name="PerProgramme">Stretches that are taken of a programme at most.</param>
/// <param name="Seconds">Length of a stretch, 20 to 300.</param>
public sealed record ProgrammePlan(
    string Task,
    LanguagePlan[] Languages,
    SourceImageInfo[] Pictures,
    ProgrammeHouse[] Houses,
    string[] TestPictures,
    int Train,
    int Validation,
    int TestPerClass,
    int Utterances,
    int PerProgramme,
    double Seconds)
{
    /// <summary>The plan of the shipped set.</summary>
    public static ProgrammePlan Default()
    {
        using var stream = typeof(ProgrammePlan).Assembly.GetManifestResourceStream("programme-qc.plan.json")!;
        return JsonSerializer.Deserialize<ProgrammePlan>(stream, BuildPlan.Json)!;
    }

    /// <exception cref="DataFileException">The file is missing, is not a plan, or contradicts itself.</exception>
    public static ProgrammePlan Read(string path)
    {
        try
        {
            var plan = JsonFile.Read<ProgrammePlan>(path, BuildPlan.Json, "a plan of the multimodal task");
            var problems = plan.Problems().ToList();
            return problems.Count == 0 ? plan : throw new DataFileException(path, string.Join("; ", problems));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "the plan is missing", error);
        }
    }

    public ProgrammeHouse[] HousesOf(LanguagePlan language) =>
        [.. Houses.Where(house => house.Language == language.Key)];

    /// <summary>Everything that is wrong, so that one run tells all of it.</summary>
    public IEnumerable<string> Problems()
    {
        if (Train < 1 || Validation < 1 || TestPerClass < 1 || PerProgramme < 1)
            yield return "train, validation, testPerClass and perProgramme must be at least 1";
        if (Utterances is < 8 or > 500)
            yield return $"utterances is {Utterances}; it must be 8 to 500";
        if (Seconds is not (>= 20 and <= 300))
            yield return $"seconds is {Seconds}; it must be 20 to 300";
        foreach (var name in SubtitlePlan.Repeated(Languages.Select(language => language.Key)))
            yield return $"language '{name}' appears twice";
        foreach (var name in SubtitlePlan.Repeated(Pictures.Select(picture => picture.Id)))
            yield return $"picture '{name}' appears twice";
        foreach (var name in SubtitlePlan.Repeated(Houses.Select(house => house.Name)))
            yield return $"house '{name}' appears twice";
        foreach (var language in Languages.Where(one => Houses.All(house => house.Language != one.Key)))
            yield return $"language '{language.Key}' has no house";
        var used = Houses.SelectMany(house => house.Pictures).Concat(TestPictures).ToList();
        foreach (var id in used.Except(Pictures.Select(picture => picture.Id)))
            yield return $"picture '{id}' is used but not described";
        // A held-out photograph in a house would make the held-out part worthless.
        foreach (var id in SubtitlePlan.Repeated(used))
            yield return $"picture '{id}' is used twice; content of houses and test must be disjoint";
        if (TestPictures.Length == 0)
            yield return "testPictures is empty; give at least one";
        foreach (var problem in Houses.SelectMany(Problems))
            yield return problem;
    }

    private IEnumerable<string> Problems(ProgrammeHouse house)
    {
        if (house.Pictures.Length == 0)
            yield return $"{house.Name}: pictures is empty; give at least one";
        foreach (var problem in house.Edits.Problems())
            yield return $"{house.Name}: {problem}";
        foreach (var problem in house.Problems(Languages, StreamClasses.Names))
            yield return problem;
    }
}

/// <summary>One participant: a house that sets cues, and cuts pictures.</summary>
/// <param name="Edits">How it cuts.</param>
/// <param name="Pictures">Identifiers of its photographs.</param>
public sealed record ProgrammeHouse(
    string Name,
    string Language,
    string About,
    CueHabits Habits,
    string[] Beds,
    EditHabits Edits,
    string[] Pictures,
    Dictionary<string, double> Faults)
    : SubtitleHouse(Name, Language, About, Habits, Beds, Faults);
