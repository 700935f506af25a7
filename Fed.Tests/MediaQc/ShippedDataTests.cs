using System.Text.Json;
using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Tests.MediaQc;

/// <summary>What is so of every data set that ships. What only one has stands with the tests of its task.</summary>
public sealed class ShippedDataTests
{
    private const string Languages = "en fr es it ru";
    private const string Pictures = "CC-BY-SA-3.0 CC-BY-SA-4.0 CC-BY-4.0 CC0-1.0 GPL-2+ BSD-3-Clause";

    public static TheoryData<string> Tasks => new(TaskNames.Known);

    [Theory]
    [InlineData(TaskNames.Video, "mpeg2 h264 hevc vp9 av1")]
    [InlineData(TaskNames.Audio, Languages)]
    [InlineData(TaskNames.Subtitles, Languages)]
    [InlineData(TaskNames.Multimodal, Languages)]
    [InlineData(TaskNames.Plates, "gate street motorway car-park studio-lot")]
    public void TaskJson_IsWhatABuildOfASoundPlanWouldWrite_ThreeHousesInEachOfFiveClusters(
        string task, string clusters)
    {
        var shipped = ShippedTask.Of(task);

        Assert.Empty(shipped.Problems);
        Assert.Equal(clusters.Split(' '), shipped.Folder.Clusters);
        Assert.Equal(
            Enumerable.Repeat(3, 5), shipped.Folder.Participants.CountBy(one => one.Cluster).Select(pair => pair.Value));
        Assert.Equal(
            JsonSerializer.Serialize(shipped.Description, TaskDescription.Json),
            File.ReadAllText(Path.Combine(shipped.Directory, "task.json")).TrimEnd());
    }

    [Theory]
    [InlineData(TaskNames.Video)]
    [InlineData(TaskNames.Audio)]
    [InlineData(TaskNames.Plates)]
    public void Federation_StatesTheTasksClassesFeaturesHousesAndTraining(string task)
    {
        var folder = ShippedTask.Of(task).Folder;
        using var federation = Parse(task, "federation.json");
        var root = federation.RootElement;

        string[] Texts(string name, Func<JsonElement, JsonElement> of) =>
            [.. root.GetProperty(name).EnumerateArray().Select(one => of(one).GetString()!)];

        Assert.Equal(folder.Task.Classes, Texts("classes", name => name));
        Assert.Equal(folder.Participants.Select(one => one.Name), Texts("roster", one => one.GetProperty("name")));
        Assert.Equal(folder.Task.Features, root.GetProperty("features").GetString());
        Assert.Equal(
            folder.Description.Training.LearningRate,
            root.GetProperty("training").GetProperty("learningRate").GetDouble());
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Sources_OfTestAndOfEachHouse_AreDisjoint(string task)
    {
        var parts = ShippedTask.Of(task).Folder.ReadAll()
            .GroupBy(one => ShippedTask.PartOf(one.File))
            .Select(part => part.SelectMany(one => one.Patches.Sources).ToHashSet())
            .ToList();

        Assert.Equal(16, parts.Count);
        Assert.Equal(parts.Sum(part => part.Count), parts.SelectMany(part => part).Distinct().Count());
    }

    [Theory]
    [InlineData(TaskNames.Video, Pictures)]
    [InlineData(TaskNames.Audio, "CC-BY-SA-3.0 CC-BY-3.0")]
    [InlineData(TaskNames.Subtitles, "CC-BY-SA-3.0 CC-BY-3.0")]
    [InlineData(TaskNames.Multimodal, Pictures + " CC-BY-3.0")]
    [InlineData(TaskNames.Plates, Pictures + " OFL-1.1 Apache-2.0 Bitstream-Vera")]
    public void Provenance_EverySourceOfEveryFile_HasItsPart_AnAuthor_AndALicenceThatAllowsSharing(
        string task, string licences)
    {
        using var index = Parse(task, "provenance.json");
        var sources = index.RootElement.GetProperty("sources").EnumerateArray().Select(one => (
            Id: one.GetProperty("id").GetString()!,
            Licence: one.GetProperty("licence").GetString(),
            Author: one.GetProperty("author").GetString(),
            Part: one.GetProperty("part").GetString())).ToList();
        var parts = sources.Select(one => (one.Id, one.Part)).ToHashSet();
        var sets = ShippedTask.Of(task).Folder.ReadAll();

        Assert.All(sources, one => Assert.Contains(one.Licence, licences.Split(' ')));
        Assert.All(sources, one => Assert.NotEqual("", one.Author));
        Assert.All(sets, one => Assert.All(one.Patches.Sources, id =>
            Assert.Contains((id, ShippedTask.PartOf(one.File)), parts)));
        Assert.Equal(
            sets.Select(one => one.File.Replace('\\', '/')),
            index.RootElement.GetProperty("files").EnumerateArray().Select(one => one.GetProperty("file").GetString()));
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void ModelJson_Input_IsTheTasksShape_AndItsModelsAreKnownAgain(string task)
    {
        var shipped = ShippedTask.Of(task);
        using var model = shipped.InitialModel();

        Assert.Equal(shipped.Folder.Task.Shape, ModelSpecification.Parse(shipped.Folder.ModelJson).Input);
        Assert.Equal((shipped.Folder.Task.Name, shipped.Folder.Task.Features), (model.Card.Task, model.Card.Features));
    }

    [Theory]
    [InlineData(TaskNames.Video, 5_300_000)]
    [InlineData(TaskNames.Audio, 4_000_000)]
    [InlineData(TaskNames.Subtitles, 4_000_000)]
    [InlineData(TaskNames.Multimodal, 4_000_000)]
    [InlineData(TaskNames.Plates, 4_000_000)]
    public void Size_OfAllFiles_LeavesRoomForTheOtherTasks(string task, int most)
    {
        var bytes = new DirectoryInfo(ShippedTask.Of(task).Directory)
            .GetFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

        Assert.InRange(bytes, 1, most);
    }

    private static JsonDocument Parse(string task, string file) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(ShippedTask.Of(task).Directory, file)));
}
