using System.Text.Json;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;
using Fed.Training;

namespace Fed.Tests.MediaQc.Cues;

public sealed class ShippedSubtitlesTests
{
    private static readonly string s_directory = Path.Combine(Repository.Root, "data", "subtitle-qc");
    private readonly DataFolder _folder = DataFolder.Open(s_directory);

    [Fact]
    public void Folder_HoldsTheFifteenHousesOfThePlan_AndAsManyCuesAsItSays()
    {
        var plan = SubtitlePlan.Default();
        var sets = _folder.ReadAll();

        Assert.Equal(plan.Houses.Select(house => house.Name), _folder.Participants.Select(house => house.Name));
        Assert.Equal(["en", "fr", "es", "it", "ru"], _folder.Clusters);
        Assert.All(sets.Where(one => one.File.EndsWith("train.fqc", StringComparison.Ordinal)), one =>
            Assert.InRange(one.Patches.Count, plan.Train - 2, plan.Train + 2));
        Assert.All(sets.Where(one => one.File.StartsWith("test", StringComparison.Ordinal)), one =>
            Assert.Equal(Enumerable.Repeat(plan.TestPerClass, 5), one.Patches.CountByClass()));
    }

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
    public void Provenance_EverySource_HasALicenceThatAllowsSharing()
    {
        using var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_directory, "provenance.json")));
        var licences = index.RootElement.GetProperty("sources").EnumerateArray()
            .ToDictionary(one => one.GetProperty("id").GetString()!, one => one.GetProperty("licence").GetString());

        Assert.All(_folder.ReadAll().SelectMany(one => one.Patches.Sources), id =>
            Assert.Equal(id.StartsWith("ru/", StringComparison.Ordinal) ? "CC-BY-3.0" : "CC-BY-SA-3.0", licences[id]));
    }

    [Fact]
    public void ModelJson_TakesTheMaps()
    {
        var model = ModelSpecification.Parse(_folder.ModelJson);

        using var onnx = new MemoryStream();
        var card = new ModelCard(_folder.Task.Name, _folder.Task.Classes, _folder.Task.Features);
        OnnxModel.Write(onnx, model, model.Initialise(1), card.ToMetadata());
        using var models = new LearnedModels();
        models.Add(LearnedModel.Of(onnx.ToArray(), "initial"), "initial");
        Assert.NotNull(models.Cues);
        Assert.Equal(_folder.Task.Shape, model.Input);
    }

    [Fact]
    public void Size_OfAllFiles_IsAtMostFourMegabytes()
    {
        var bytes = new DirectoryInfo(s_directory).GetFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

        Assert.InRange(bytes, 1, 4_000_000);
    }
}
