using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Plates;

namespace Fed.Tests.MediaQc.Plates;

public sealed class PlateBuilderTests : IDisposable
{
    private readonly TinyPlateBuild _build = new();

    public void Dispose() => _build.Dispose();

    [FfmpegFact]
    public async Task Run_TinyPlan_WritesWhatIsWanted_TheSameBytesHoweverManyJobs()
    {
        await _build.RunAsync("out", jobs: 1, measures: _build.PathOf("measures.csv"));
        await _build.RunAsync("again", jobs: 3);

        var folder = DataFolder.Open(_build.PathOf("out"));
        var sets = folder.ReadAll();
        Assert.Equal(["north", "south"], folder.Clusters);
        Assert.Equal(
            [[8, 4], [4, 2], [8, 4], [4, 2], [6, 6], [6, 6]], sets.Select(one => one.Patches.CountByClass()));
        Assert.All(sets, one => Assert.All(one.Patches.Pixels, value => Assert.InRange(value, 0, 15)));
        Assert.Equal([["p0"], ["v0"]], sets.Take(2).Select(one => one.Patches.Sources));
        Assert.All(sets[^1].Patches.Sources, source => Assert.StartsWith("held", source, StringComparison.Ordinal));
        var files = Directory.GetFiles(_build.PathOf("out"), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_build.PathOf("out"), file)).ToList();
        Assert.Equal(10, files.Count);
        Assert.All(files, file => Assert.Equal(
            File.ReadAllBytes(_build.PathOf(Path.Combine("out", file))),
            File.ReadAllBytes(_build.PathOf(Path.Combine("again", file)))));
        var provenance = File.ReadAllText(_build.PathOf("out/PROVENANCE.md"));
        Assert.Matches(@"## Held out[\s\S]*\| held0 \| Ann Author[\s\S]*\| mono \| Bitstream", provenance);
        RequireSeverityOfNewCountries(sets);
        RequireHalfOfBackgroundsBare();
    }

    [FfmpegFact]
    public async Task Run_SourcesThatAreMissing_AreAllNamed()
    {
        File.Delete(_build.PathOf("p1.pgm"));
        File.Delete(_build.PathOf("mono.ttf"));

        var error = await Assert.ThrowsAsync<DataFileException>(() => _build.RunAsync("out"));

        Assert.EndsWith("mono.ttf", error.FilePath, StringComparison.Ordinal);
        Assert.Contains("p1.pgm", error.Reason, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_build.PathOf("out")));
    }

    [FfmpegFact]
    public async Task Run_AFontThatIsNone_IsNamed()
    {
        File.WriteAllText(_build.PathOf("sans.ttf"), "no font");

        var error = await Assert.ThrowsAsync<DataFileException>(() => _build.RunAsync("out"));

        Assert.EndsWith("sans.ttf", error.FilePath, StringComparison.Ordinal);
        Assert.Contains("no TrueType or OpenType font", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_OfTheShippedSet_HasManyCountries_AndHeldOutFontsOfOtherFamilies()
    {
        var plan = PlatePlan.Default();

        Assert.True(plan.Countries.Length >= 20);
        // No font of the held-out part is of a family that houses have.
        Assert.Empty(Packages(plan.Test.Fonts).Intersect(Packages(plan.Houses.SelectMany(house => house.Fonts))));

        IEnumerable<string> Packages(IEnumerable<string> fonts) =>
            fonts.Select(id => plan.Fonts.First(font => font.Id == id).Package);
    }

    [Fact]
    public void Plan_WithManyFaults_NamesAllOfThem()
    {
        var house = _build.Plan.Houses[0] with
        {
            Countries = ["CC", "ZZ"],
            Decoys = ["ghost"],
            Pictures = ["p1", "nowhere"],
            Camera = TinyPlateBuild.Camera(500) with { Noise = [9, 3], Codecs = ["h266 -q 1"] },
            Train = new() { ["odd"] = 1 },
            ValidationPictures = [],
        };

        var problems = string.Join("; ", (_build.Plan with
        {
            Houses = [house, _build.Plan.Houses[1]],
            Width = 300,
            Bare = 1,
            Test = _build.Plan.Test with { Fonts = ["sans"] },
            Countries = [_build.Plan.Countries[0] with { Strip = "below", Ink = 300 }, .. _build.Plan.Countries[1..]],
        }).Problems());

        string[] parts =
        [
            "300x192", "bare is 1;", "validationPictures", "picture 'p1' is used twice", "picture 'nowhere' is used but not described",
            "country 'ZZ' is used but not described", "country 'CC' is a house's and new to the test", "decoy 'ghost'",
            "'odd'", "camera.plateHeight is 500 to 500", "camera.noise is 9 to 3", "'h266 -q 1'",
            "font 'sans' is a house's and the test's", "strip 'below'", "ink is 300",
        ];
        Assert.All(parts, part => Assert.Contains(part, problems, StringComparison.Ordinal));
    }

    private void RequireHalfOfBackgroundsBare()
    {
        var bare = File.ReadLines(_build.PathOf("measures.csv")).Select(line => line.Split(','))
            .Where(row => row[2] == WindowSampler.Bare).ToList();

        Assert.All(bare, row => Assert.Equal(("False", "0"), (row[3], row[4])));
        Assert.Equal(
            [("one train", 4), ("one validation", 2), ("two train", 4), ("two validation", 2)],
            bare.CountBy(row => row[0]).Select(part => (part.Key, part.Value)).OrderBy(part => part.Key));
    }

    /// <summary>Of the measures' file, which names the country.</summary>
    private void RequireSeverityOfNewCountries(IReadOnlyList<(string File, PatchSet Patches)> sets)
    {
        var rows = File.ReadLines(_build.PathOf("measures.csv")).Skip(1).Select(line => line.Split(',')).ToList();
        var patches = sets.SelectMany(one => Enumerable.Range(0, one.Patches.Count), (one, i) => (
            one.Patches.Labels[i], one.Patches.Severities[i])).ToList();

        Assert.Equal(
            rows.Select(row => (row[3] == "True" ? 1 : 0, row[3] == "True" ? row[2] == "CC" ? 2 : 1 : 0)),
            patches.Select(one => ((int)one.Item1, (int)one.Item2)));
        Assert.Contains(rows, row => row[0] == "test south" && row[2] == "CC");
    }
}
