using System.Numerics.Tensors;
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
    public void Sources_OfTrainingAndValidation_AreDisjoint() => Assert.All(
        _folder.ReadAll().SkipLast(5).Chunk(2),
        house => Assert.Empty(house[0].Patches.Sources.Intersect(house[1].Patches.Sources)));

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
