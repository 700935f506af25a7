using System.Numerics.Tensors;
using System.Text.Json;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;
using Fed.MediaQc.Plates;

namespace Fed.Tests.MediaQc.Plates;

public sealed class ShippedPlatesTests
{
    private static readonly string s_directory = Path.Combine(Repository.Root, "data", "plate-qc");
    private readonly DataFolder _folder = DataFolder.Open(s_directory);

    [Fact]
    public void Folder_HoldsTheFifteenHousesOfThePlan_AndAsManyWindowsAsItSays()
    {
        var plan = PlatePlan.Default();
        var sets = _folder.ReadAll();

        Assert.Equal(plan.Houses.Select(house => house.Name), _folder.Participants.Select(house => house.Name));
        Assert.Equal(["gate", "street", "motorway", "car-park", "studio-lot"], _folder.Clusters);
        Assert.All(plan.Houses.Zip(sets.Chunk(2)), pair => Assert.Equal(
            [pair.First.Train["background"], pair.First.Train["plate"]], pair.Second[0].Patches.CountByClass()));
        Assert.All(sets.TakeLast(5), one =>
            Assert.Equal([plan.Test.PerClass, plan.Test.PerClass], one.Patches.CountByClass()));
    }

    [Fact]
    public void TaskJson_IsWhatABuildWouldWrite() => Assert.Equal(
        JsonSerializer.Serialize(PlateTask.Describe(PlatePlan.Default()), TaskDescription.Json),
        File.ReadAllText(Path.Combine(s_directory, "task.json")).TrimEnd());

    [Fact]
    public void Federation_StatesTheTasksClassesFeaturesHousesAndTraining()
    {
        using var federation = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_directory, "federation.json")));
        var root = federation.RootElement;

        string[] Texts(string name, Func<JsonElement, JsonElement> of) =>
            [.. root.GetProperty(name).EnumerateArray().Select(one => of(one).GetString()!)];

        Assert.Equal(_folder.Task.Classes, Texts("classes", name => name));
        Assert.Equal(_folder.Participants.Select(one => one.Name), Texts("roster", one => one.GetProperty("name")));
        Assert.Equal("plate-v1", root.GetProperty("features").GetString());
        Assert.Equal(
            _folder.Description.Training.LearningRate,
            root.GetProperty("training").GetProperty("learningRate").GetDouble());
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
    public void Provenance_EverySource_HasAnAuthor_AndALicenceThatAllowsSharing()
    {
        using var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_directory, "provenance.json")));
        var sources = index.RootElement.GetProperty("sources").EnumerateArray().Select(one => (
            Id: one.GetProperty("id").GetString(),
            Licence: one.GetProperty("licence").GetString(),
            Author: one.GetProperty("author").GetString(),
            Part: one.GetProperty("part").GetString())).ToList();

        string[] licences =
        [
            "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC-BY-4.0", "CC0-1.0", "GPL-2+", "BSD-3-Clause", "OFL-1.1", "Apache-2.0",
            "Bitstream-Vera",
        ];
        Assert.All(sources, one => Assert.Contains(one.Licence, licences));
        Assert.All(sources, one => Assert.NotEqual("", one.Author));
        Assert.All(_folder.ReadAll(), one =>
        {
            var part = one.File.StartsWith("test", StringComparison.Ordinal) ? "test" : one.File.Split('/')[1];
            Assert.All(one.Patches.Sources, id =>
                Assert.Contains(sources, source => source.Id == id && source.Part == part));
        });
    }

    [Fact]
    public void Model_OnHeldOutContent_IsAsAccurateAsItsReadmeSays()
    {
        using var model = LearnedModel.Open(Repository.PathOf("data", "models", "plate-qc.onnx"));

        Assert.Equal((_folder.Task.Name, _folder.Task.Features), (model.Card.Task, model.Card.Features));
        var accuracy = _folder.Clusters.Average(cluster => Accuracy(model, _folder.Test(cluster)));
        Assert.InRange(accuracy, 0.8, 1);
        Assert.Contains(
            FormattableString.Invariant($"| {100 * accuracy:0.0} % |"),
            File.ReadAllText(Repository.PathOf("data", "models", "README.md")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Size_OfAllData_IsAtMostSixteenMegabytes()
    {
        var bytes = TaskNames.Known.SelectMany(task => new DirectoryInfo(
            Repository.PathOf("data", TaskNames.FolderOf(task))).GetFiles("*", SearchOption.AllDirectories))
            .Sum(file => file.Length);

        Assert.InRange(bytes, 1, 16_000_000);
    }

    private static double Accuracy(LearnedModel model, Fed.Training.SampleSet test)
    {
        var probabilities = new float[2 * test.Count];
        model.Predict(test.Inputs, test.Count, probabilities);
        return Enumerable.Range(0, test.Count).Average(i =>
            TensorPrimitives.IndexOfMax<float>(probabilities.AsSpan(2 * i, 2)) == test.Labels[i] ? 1.0 : 0);
    }
}
