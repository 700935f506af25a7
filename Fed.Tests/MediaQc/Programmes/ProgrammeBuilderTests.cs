using System.Globalization;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Files;
using Fed.MediaQc.Programmes;

namespace Fed.Tests.MediaQc.Programmes;

public sealed class ProgrammeBuilderTests : IDisposable
{
    private readonly TinyProgrammeBuild _build = new();

    public void Dispose() => _build.Dispose();

    [FfmpegFact]
    public async Task Run_TinyPlan_WritesWhatIsWanted_TheSameBytesHoweverManyJobs()
    {
        await _build.RunAsync("out", jobs: 1, measures: _build.PathOf("measures.csv"));
        await _build.RunAsync("again", jobs: 3);

        var sets = BuiltFolder.Require(_build.PathOf("out"), _build.PathOf("again"));
        Assert.Equal(6, sets.Count);
        Assert.All(sets.Where(one => !one.File.Contains("validation", StringComparison.Ordinal)), one =>
            Assert.Equal([2, 2, 2, 2, 2, 2, 2], one.Patches.CountByClass()));
        var provenance = File.ReadAllText(_build.PathOf("out/PROVENANCE.md"));
        Assert.Matches(@"## Held out[\s\S]*\| held0 \| Ann Author \| CC0 \| none \| held0.pgm", provenance);
        RequireLabelsThatFollowFromTheMeasures(sets);
    }

    [FfmpegFact]
    public async Task Run_PicturesThatAreMissing_AreAllNamed()
    {
        File.Delete(_build.PathOf("p1.pgm"));
        File.Delete(_build.PathOf("held0.pgm"));

        var error = await Assert.ThrowsAsync<DataFileException>(() => _build.RunAsync("out"));

        Assert.EndsWith("p1.pgm", error.FilePath, StringComparison.Ordinal);
        Assert.Contains("held0.pgm", error.Reason, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_build.PathOf("out")));
    }

    [Fact]
    public void Plan_WithManyFaults_NamesAllOfThem()
    {
        var house = _build.Plan.Houses[0] with
        {
            Language = "zz",
            Pictures = ["p2", "nowhere"],
            Edits = TinyProgrammeBuild.Edits(2) with { Lead = [0.2, 0.1], Encoder = "h266", Extra = -1 },
            Faults = new() { ["odd"] = 1 },
        };

        var problems = string.Join("; ", (_build.Plan with
        {
            Houses = [house, _build.Plan.Houses[1]],
            Utterances = 2,
            Seconds = 3,
        }).Problems());

        string[] parts =
        [
            "utterances is 2", "seconds is 3", "'xx' has no house", "'zz' is not described", "'odd'", "edits.cuts is 2",
            "edits.lead", "edits.extra is -1", "'h266'", "picture 'nowhere' is used but not described",
            "picture 'p2' is used twice",
        ];
        Assert.All(parts, part => Assert.Contains(part, problems, StringComparison.Ordinal));
    }

    /// <summary>The labels again, by the limits of BT.1359 as they stand there, from what was done.</summary>
    private void RequireLabelsThatFollowFromTheMeasures(IReadOnlyList<(string File, PatchSet Patches)> sets)
    {
        var rows = File.ReadLines(_build.PathOf("measures.csv")).Skip(1).Select(line => line.Split(',')).ToList();
        Assert.Equal(sets.Sum(one => one.Patches.Count), rows.Count);
        foreach (var (file, patches) in sets)
        {
            var parts = file.Split('/', '.');
            var name = parts[0] == "test" ? $"test {parts[1]}" : $"{parts[1]} {parts[2]}";
            var own = rows.Where(row => row[0] == name).ToList();
            Assert.Equal(own.Select(row => Label(row[4], double.Parse(row[5], CultureInfo.InvariantCulture))),
                patches.Labels.Select(label => patches.Classes[label]));
        }

        static string Label(string stream, double late)
        {
            var soundEarly = stream == "Sound" ? -late : stream == "Picture" ? late : 0;
            if (stream == "Cues" && Math.Abs(late) >= 0.3)
                return late > 0 ? "cues-late" : "cues-early";
            if (soundEarly is >= 0.09 or <= -0.185)
                return $"{(stream == "Sound" ? "sound" : "picture")}-{(late > 0 ? "late" : "early")}";
            return Math.Abs(late) <= 0.04 ? "in-sync" : "none";
        }
    }
}
