using System.Text.Json;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Pipeline;

/// <summary>What <c>fed data build</c> makes: sources, houses with their habits, the held-out part.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Clip">Size of the clips.</param>
/// <param name="Sources">The images, each with its licence.</param>
/// <param name="Houses">The participants, in the order in which a smaller federation takes them.</param>
/// <param name="Test">The held-out part.</param>
public sealed record BuildPlan(
    string Task, ClipPlan Clip, SourceImageInfo[] Sources, HousePlan[] Houses, TestPlan Test)
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The plan of the shipped set.</summary>
    public static BuildPlan Default()
    {
        using var stream = typeof(BuildPlan).Assembly.GetManifestResourceStream("media-qc.plan.json")!;
        return JsonSerializer.Deserialize<BuildPlan>(stream, Json)!;
    }

    /// <exception cref="DataFileException">The file is missing, is not a plan, or contradicts itself.</exception>
    public static BuildPlan Read(string path)
    {
        try
        {
            var plan = JsonFile.Read<BuildPlan>(path, Json, "a build plan");
            var problems = BuildPlanCheck.Problems(plan).ToList();
            return problems.Count == 0 ? plan : throw new DataFileException(path, string.Join("; ", problems));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "the plan is missing", error);
        }
    }
}

/// <summary>Size of the clips that are made of a source.</summary>
/// <param name="Width">Pixels, a multiple of 16.</param>
/// <param name="Height">Pixels, a multiple of 16.</param>
/// <param name="Frames">Frames a clip, more than a region's 25.</param>
/// <param name="Takes">Scenes of each source of a house.</param>
/// <param name="TestTakes">Scenes of each held-out source.</param>
public sealed record ClipPlan(int Width, int Height, int Frames, int Takes, int TestTakes);

/// <summary>One image and where it comes from.</summary>
/// <param name="Id">Short name, unique in the plan.</param>
/// <param name="Package">Debian package that installs it.</param>
/// <param name="Path">Path below the sources directory.</param>
/// <param name="Author">Whom to credit.</param>
/// <param name="Licence">As the package's copyright file gives it.</param>
public sealed record SourceImageInfo(string Id, string Package, string Path, string Author, string Licence);

/// <summary>One participant: its content, its encoder habits, the faults of its production chain.</summary>
/// <param name="Name">Lower case with dashes.</param>
/// <param name="Cluster">Codec key.</param>
/// <param name="About">One sentence on the house.</param>
/// <param name="Lines">Picture lines to which its sources are scaled, never up.</param>
/// <param name="Encoder">ffmpeg's name of the encoder.</param>
/// <param name="Options">Encoder options of all its encodes.</param>
/// <param name="Good">Options of its good encodes.</param>
/// <param name="Low">Options of its starved encodes.</param>
/// <param name="Faults">Faults of its chain, for example <c>noise:after:6</c>.</param>
/// <param name="Sources">Identifiers of its images.</param>
/// <param name="Train">Training samples by class.</param>
/// <param name="Validation">Validation samples by class.</param>
public sealed record HousePlan(
    string Name,
    string Cluster,
    string About,
    int Lines,
    string Encoder,
    string Options,
    string[] Good,
    string[] Low,
    string[] Faults,
    string[] Sources,
    Dictionary<string, int> Train,
    Dictionary<string, int> Validation);

/// <summary>The held-out part: every codec, every class, sources that no house has.</summary>
/// <param name="Sources">Identifiers of the images.</param>
/// <param name="PerClass">Samples of each class for each codec.</param>
/// <param name="Faults">Faults put in.</param>
public sealed record TestPlan(string[] Sources, int PerClass, string[] Faults);

/// <summary>Finds everything that is wrong with a plan, so that one run tells all of it.</summary>
public static class BuildPlanCheck
{
    public static IEnumerable<string> Problems(BuildPlan plan)
    {
        if (plan.Clip.Width % 16 != 0 || plan.Clip.Height % 16 != 0 || plan.Clip.Width < 64 || plan.Clip.Height < 64)
            yield return $"clip {plan.Clip.Width}x{plan.Clip.Height}: sides must be multiples of 16, at least 64";
        if (plan.Clip.Frames is <= Region.Frames or > 250)
            yield return $"clip.frames is {plan.Clip.Frames}; it must be {Region.Frames + 1} to 250";
        if (plan.Clip.Takes < 1 || plan.Clip.TestTakes < 1)
            yield return "clip.takes and clip.testTakes must be at least 1";
        foreach (var repeated in Repeated(plan.Sources.Select(source => source.Id)))
            yield return $"source '{repeated}' appears twice";
        foreach (var repeated in Repeated(plan.Houses.Select(house => house.Name)))
            yield return $"house '{repeated}' appears twice";
        var known = plan.Sources.Select(source => source.Id).ToHashSet();
        foreach (var id in plan.Test.Sources.Concat(plan.Houses.SelectMany(house => house.Sources)))
        {
            if (!known.Contains(id))
                yield return $"source '{id}' is used but not described";
        }

        // A held-out image in a house would make the test set worthless.
        foreach (var shared in Repeated(plan.Test.Sources.Concat(plan.Houses.SelectMany(house => house.Sources))))
            yield return $"source '{shared}' is used twice; content of houses and test must be disjoint";
        foreach (var problem in plan.Houses.SelectMany(Problems))
            yield return problem;
        foreach (var fault in plan.Test.Faults.Where(fault => ChainFault.Problem(fault) is not null))
            yield return $"test: {ChainFault.Problem(fault)}";
    }

    private static IEnumerable<string> Problems(HousePlan house)
    {
        if (!Encoders.Known.Contains(house.Encoder))
        {
            yield return $"{house.Name}: encoder '{house.Encoder}' is not one of " + string.Join(", ", Encoders.Known);
        }

        foreach (var name in house.Train.Keys.Concat(house.Validation.Keys).Distinct())
        {
            if (!QcClasses.Names.Contains(name))
                yield return $"{house.Name}: class '{name}' is not one of {string.Join(", ", QcClasses.Names)}";
        }

        if (house.Good.Length == 0 || house.Low.Length == 0 || house.Sources.Length == 0)
            yield return $"{house.Name}: needs good and low settings and sources";
        foreach (var fault in house.Faults.Where(fault => ChainFault.Problem(fault) is not null))
            yield return $"{house.Name}: {ChainFault.Problem(fault)}";
    }

    private static IEnumerable<string> Repeated(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal)
            .Where(group => group.Count() > 1)
            .Select(group => group.Key);
}
