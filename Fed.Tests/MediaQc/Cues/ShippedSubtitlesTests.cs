using System.Text.Json;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;

namespace Fed.Tests.MediaQc.Cues;

public sealed class ShippedSubtitlesTests
{
    private readonly ShippedTask _task = ShippedTask.Of(TaskNames.Subtitles);

    [Fact]
    public void Files_HoldAsManyCuesAsThePlanSays()
    {
        var plan = SubtitlePlan.Default();
        var sets = _task.Folder.ReadAll();

        Assert.All(sets.Where(one => one.File.EndsWith("train.fqc", StringComparison.Ordinal)), one =>
            Assert.InRange(one.Patches.Count, plan.Train - 2, plan.Train + 2));
        Assert.All(sets.Where(BuiltFolder.IsTest), one =>
            Assert.Equal(Enumerable.Repeat(plan.TestPerClass, 5), one.Patches.CountByClass()));
    }

    [Fact]
    public void Provenance_RussianRecordings_HaveALicenceOfTheirOwn()
    {
        using var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(_task.Directory, "provenance.json")));

        Assert.All(index.RootElement.GetProperty("sources").EnumerateArray(), one =>
        {
            var russian = one.GetProperty("id").GetString()!.StartsWith("ru/", StringComparison.Ordinal);
            Assert.Equal(russian ? "CC-BY-3.0" : "CC-BY-SA-3.0", one.GetProperty("licence").GetString());
        });
    }

    [Fact]
    public void ModelJson_TakesTheMaps()
    {
        using var models = new LearnedModels();

        models.Add(_task.InitialModel(), "initial");

        Assert.NotNull(models.Cues);
    }
}
