using System.Text.Json;
using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Plates;

/// <summary>What <c>fed data build --task plates</c> makes: plates by country, sites with three houses each.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Pictures">Photographs, each with its licence.</param>
/// <param name="Fonts">Font files, likewise.</param>
/// <param name="Countries">Layouts of plates.</param>
/// <param name="Houses">The participants, in the order in which a smaller federation takes them.</param>
/// <param name="Test">The held-out part.</param>
/// <param name="Width">Of a made picture, pixels, a multiple of 16.</param>
/// <param name="Height">Likewise.</param>
/// <param name="PerPicture">Windows of each class that are taken of a made picture at most.</param>
/// <param name="Bare">Share of a house's backgrounds that comes of its photographs as they are, without plate or decoy;
/// 0 to 0.9.</param>
public sealed record PlatePlan(
    string Task,
    int Width,
    int Height,
    int PerPicture,
    double Bare,
    SourceImageInfo[] Pictures,
    SourceImageInfo[] Fonts,
    PlateCountry[] Countries,
    PlateHouse[] Houses,
    PlateTestPlan Test)
{
    /// <summary>The plan of the shipped set.</summary>
    public static PlatePlan Default()
    {
        using var stream = typeof(PlatePlan).Assembly.GetManifestResourceStream("plate-qc.plan.json")!;
        return JsonSerializer.Deserialize<PlatePlan>(stream, BuildPlan.Json)!;
    }

    /// <exception cref="DataFileException">The file is missing, is not a plan, or contradicts itself.</exception>
    public static PlatePlan Read(string path)
    {
        try
        {
            var plan = JsonFile.Read<PlatePlan>(path, BuildPlan.Json, "a build plan of the plate task");
            var problems = plan.Problems().ToList();
            return problems.Count == 0 ? plan : throw new DataFileException(path, string.Join("; ", problems));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "the plan is missing", error);
        }
    }

    public PlateHouse[] HousesOf(string site) => [.. Houses.Where(house => house.Site == site)];

    internal PlateCountry Country(string id) => Countries.First(country => country.Id == id);
}

/// <summary>How a country's plates look: facts of its regulations, as far as a luma picture shows them.</summary>
/// <param name="Id">Unique in the plan: the country's code, with a suffix for a second layout.</param>
/// <param name="Width">Millimetres.</param>
/// <param name="Height">Millimetres.</param>
/// <param name="Patterns">L is a letter, 0 a digit, / begins the second line; all else stands for itself.</param>
/// <param name="Luma">Of the ground, 0 to 255.</param>
/// <param name="Ink">Luma of the characters.</param>
/// <param name="Letters">Height of the characters by that of the plate, or of its line; 0.3 to 0.9.</param>
/// <param name="Strip">Where a coloured strip is: none, left, right, both or top.</param>
/// <param name="StripLuma">Its luma.</param>
/// <param name="Words">Small words above and below the characters, such as a state's name.</param>
public sealed record PlateCountry(
    string Id,
    double Width,
    double Height,
    string[] Patterns,
    int Luma,
    int Ink,
    double Letters = 0.68,
    string Strip = "none",
    int StripLuma = 50,
    bool Words = false)
{
    internal static readonly string[] Strips = ["none", "left", "right", "both", "top"];

    /// <summary>The characters stand in two lines.</summary>
    public bool TwoLines => Patterns.Any(pattern => pattern.Contains('/', StringComparison.Ordinal));
}

/// <summary>One participant: what its cameras see, and how.</summary>
/// <param name="Name">Lower case with dashes.</param>
/// <param name="Site">Key of its cluster.</param>
/// <param name="About">One sentence on the house.</param>
/// <param name="Countries">Identifiers of the plates that pass.</param>
/// <param name="Decoys">What else is there that could be taken for a plate, see <see cref="Decoy"/>.</param>
/// <param name="Fonts">Identifiers of the fonts of plates and signs.</param>
/// <param name="Pictures">Identifiers of its photographs for training.</param>
/// <param name="ValidationPictures">Identifiers of those for validation, others.</param>
/// <param name="Camera">How it looks.</param>
/// <param name="Train">Training windows by class.</param>
/// <param name="Validation">Validation windows by class.</param>
public sealed record PlateHouse(
    string Name,
    string Site,
    string About,
    string[] Countries,
    string[] Decoys,
    string[] Fonts,
    string[] Pictures,
    string[] ValidationPictures,
    SiteCamera Camera,
    Dictionary<string, int> Train,
    Dictionary<string, int> Validation)
{
    internal IEnumerable<string> AllPictures => Pictures.Concat(ValidationPictures);
}

/// <summary>The held-out part: each site's cameras, other photographs, fonts and characters.</summary>
/// <param name="PerClass">Windows of each class for each site.</param>
/// <param name="NewCountries">By site: identifiers of plates that no house has seen; a quarter of its plates.</param>
public sealed record PlateTestPlan(
    string[] Pictures, string[] Fonts, int PerClass, Dictionary<string, string[]> NewCountries);
