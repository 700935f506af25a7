using System.Text.Json;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;
using Fed.MediaQc.Programmes;
using Fed.Training;

namespace Fed.Tests.MediaQc.Programmes;

public sealed class ShippedProgrammesTests
{
    private static readonly string s_directory = Path.Combine(Repository.Root, "data", "programme-qc");
    private readonly DataFolder _folder = DataFolder.Open(s_directory);

    [Fact]
    public void Folder_HoldsTheFifteenHousesOfThePlan_AndAsManyStretchesAsItSays()
    {
        var plan = ProgrammePlan.Default();
        var sets = _folder.ReadAll();

        Assert.Equal(plan.Houses.Select(house => house.Name), _folder.Participants.Select(house => house.Name));
        Assert.Equal(["en", "fr", "es", "it", "ru"], _folder.Clusters);
        Assert.All(sets.Where(one => one.File.EndsWith("train.fqc", StringComparison.Ordinal)), one =>
            Assert.InRange(one.Patches.Count, plan.Train - 3, plan.Train + 3));
        Assert.All(sets.Where(one => one.File.StartsWith("test", StringComparison.Ordinal)), one =>
            Assert.Equal(Enumerable.Repeat(plan.TestPerClass, 7), one.Patches.CountByClass()));
    }

    [Fact]
    public void TaskJson_IsWhatABuildWouldWrite() => Assert.Equal(
        JsonSerializer.Serialize(ProgrammeTask.Describe(ProgrammePlan.Default()), TaskDescription.Json),
        File.ReadAllText(Path.Combine(s_directory, "task.json")).TrimEnd());

    [Fact]
    public void Sources_OfTestAndOfEachHouse_AreDisjoint()
    {
        var parts = _folder.ReadAll()
            .GroupBy(one => one.File.StartsWith("test", StringComparison.Ordinal) ? "test" : one.File.Split('/')[1])
            .Select(part => part.SelectMany(one => one.Patches.Sources).ToHashSet())
            .ToList();

        Assert.Equal(16, parts.Count);
        Assert.Equal(parts.Sum(part => part.Count), parts.SelectMany(part => part).Distinct().Count());
    }

    [Fact]
    public void Provenance_EverySource_HasOnePart_AnAuthor_AndALicenceThatAllowsSharing()
    {
        using var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_directory, "provenance.json")));
        var sources = index.RootElement.GetProperty("sources").EnumerateArray()
            .ToDictionary(one => one.GetProperty("id").GetString()!, one => (
                Licence: one.GetProperty("licence").GetString(),
                Author: one.GetProperty("author").GetString(),
                Part: one.GetProperty("part").GetString()));

        string[] licences = ["CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC-BY-3.0", "CC-BY-4.0", "CC0-1.0", "GPL-2+", "BSD-3-Clause"];
        Assert.All(sources.Values, one => Assert.Contains(one.Licence, licences));
        Assert.All(sources.Values, one => Assert.NotEqual("", one.Author));
        Assert.All(_folder.ReadAll(), one =>
        {
            var part = one.File.StartsWith("test", StringComparison.Ordinal) ? "test" : one.File.Split('/')[1];
            Assert.All(one.Patches.Sources, id => Assert.Equal(part, sources[id].Part));
        });
        Assert.All(ProgrammePlan.Default().TestPictures, id => Assert.Equal("test", sources[id].Part));
    }

    [Fact]
    public void ModelJson_TakesTheMaps_AndItsModelsAreKnownAgain()
    {
        var model = ModelSpecification.Parse(_folder.ModelJson);

        using var onnx = new MemoryStream();
        var card = new ModelCard(_folder.Task.Name, _folder.Task.Classes, _folder.Task.Features);
        OnnxModel.Write(onnx, model, model.Initialise(1), card.ToMetadata());
        using var learned = LearnedModel.Of(onnx.ToArray(), "initial");
        var probabilities = new float[14];
        ModelStretchScorer.Of(learned, "initial").Score(new byte[2 * ProgrammeFeatures.Length], probabilities);
        Assert.Equal(1, probabilities[..7].Sum(), 0.001);
        Assert.Equal(probabilities[..7], probabilities[7..]);
    }

    [Fact]
    public void Size_OfAllFiles_IsAtMostFourMegabytes()
    {
        var bytes = new DirectoryInfo(s_directory).GetFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

        Assert.InRange(bytes, 1, 4_000_000);
    }
}
