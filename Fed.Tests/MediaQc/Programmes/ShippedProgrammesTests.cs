using System.Text.Json;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;
using Fed.MediaQc.Programmes;

namespace Fed.Tests.MediaQc.Programmes;

public sealed class ShippedProgrammesTests
{
    private readonly ShippedTask _task = ShippedTask.Of(TaskNames.Multimodal);

    [Fact]
    public void Files_HoldAsManyStretchesAsThePlanSays()
    {
        var plan = ProgrammePlan.Default();
        var sets = _task.Folder.ReadAll();

        Assert.All(sets.Where(one => one.File.EndsWith("train.fqc", StringComparison.Ordinal)), one =>
            Assert.InRange(one.Patches.Count, plan.Train - 3, plan.Train + 3));
        Assert.All(sets.Where(BuiltFolder.IsTest), one =>
            Assert.Equal(Enumerable.Repeat(plan.TestPerClass, 7), one.Patches.CountByClass()));
    }

    /// <summary>A sample names its recording; its pictures only the plan names.</summary>
    [Fact]
    public void Provenance_EveryPictureOfTheTest_IsInNoHouse()
    {
        using var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(_task.Directory, "provenance.json")));
        var parts = index.RootElement.GetProperty("sources").EnumerateArray().ToLookup(
            one => one.GetProperty("id").GetString()!, one => one.GetProperty("part").GetString());

        Assert.All(ProgrammePlan.Default().TestPictures, id => Assert.Equal(["test"], parts[id]));
    }

    [Fact]
    public void ModelJson_TakesTheMaps()
    {
        using var learned = _task.InitialModel();
        var probabilities = new float[14];

        ModelStretchScorer.Of(learned, "initial").Score(new byte[2 * ProgrammeFeatures.Length], probabilities);

        Assert.Equal(1, probabilities[..7].Sum(), 0.001);
        Assert.Equal(probabilities[..7], probabilities[7..]);
    }
}
