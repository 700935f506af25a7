using System.Text;
using System.Text.Json;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;

namespace Fed.Tests.MediaQc;

public sealed class FolderTests : IDisposable
{
    private readonly Scratch scratch = new();

    [Fact]
    public void ParticipantFolder_OfTwoFiles_GivesSamplesOfTheFeaturesShape()
    {
        FqcFile.Write(scratch.File("train.fqc"), SamplePatches.Random(6, seed: 1));
        FqcFile.Write(scratch.File("validation.fqc"), SamplePatches.Random(4, seed: 2));

        var folder = ParticipantFolder.Open(scratch.Directory);

        Assert.Equal("test-task", folder.Task.Name);
        Assert.Equal(folder.Task.Shape, folder.Train.Shape);
        Assert.Equal((6, 4), (folder.Train.Count, folder.Validation.Count));
        Assert.All(folder.Train.Inputs, value => Assert.InRange(value, -20f, 20f));
    }

    [Fact]
    public void ParticipantFolder_Missing_IsRefusedByName()
    {
        var error = Assert.Throws<DataFileException>(() => ParticipantFolder.Open(scratch.File("nobody")));

        Assert.Contains("nobody", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ParticipantFolder_WithoutValidation_NamesTheMissingFile()
    {
        FqcFile.Write(scratch.File("train.fqc"), SamplePatches.Random(6, seed: 1));

        var error = Assert.Throws<DataFileException>(() => ParticipantFolder.Open(scratch.Directory));

        Assert.EndsWith("validation.fqc", error.FilePath, StringComparison.Ordinal);
    }

    [Fact]
    public void ParticipantFolder_FilesOfTwoTasks_IsRefused()
    {
        FqcFile.Write(scratch.File("train.fqc"), SamplePatches.Random(6, seed: 1));
        FqcFile.Write(scratch.File("validation.fqc"), SamplePatches.Random(4, seed: 2) with { Task = "other" });

        var error = Assert.Throws<DataFileException>(() => ParticipantFolder.Open(scratch.Directory));

        Assert.Contains("task other", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ParticipantFolder_UnknownFeatures_NamesThem()
    {
        FqcFile.Write(scratch.File("train.fqc"), SamplePatches.Random(6, seed: 1, features: "qc-v99"));

        var error = Assert.Throws<DataFileException>(() => ParticipantFolder.Open(scratch.Directory));

        Assert.Contains("qc-v99", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void DataFolder_WithoutTaskFile_IsRefusedByName()
    {
        var error = Assert.Throws<DataFileException>(() => DataFolder.Open(scratch.Directory));

        Assert.EndsWith("task.json", error.FilePath, StringComparison.Ordinal);
    }

    [Fact]
    public void DataFolder_TaskFileWithAByteOrderMark_IsRead()
    {
        WriteFolder();
        foreach (var file in new[] { "task.json", "model.json" })
        {
            var json = File.ReadAllBytes(scratch.File(file));
            File.WriteAllBytes(scratch.File(file), [.. Encoding.UTF8.Preamble, .. json]);
        }

        var folder = DataFolder.Open(scratch.Directory);

        Assert.Equal(("test-task", "{}"), (folder.Task.Name, folder.ModelJson));
    }

    [Theory]
    [InlineData("\"qc-v2\"", "\"qc-v\u00fc\"", "0xFC, which is no UTF-8")]
    [InlineData("\"qc-v2\"", "3", "3 is not possible here; it must be a text in quotes")]
    [InlineData("\"qc-v2\"", "\"qc-v2\", \"features\": \"qc-v3\"", "'features' stands there twice")]
    public void DataFolder_WrongTaskFile_SaysWhatIsWrong(string right, string wrong, string said)
    {
        WriteFolder();
        var json = File.ReadAllText(scratch.File("task.json"));
        File.WriteAllText(
            scratch.File("task.json"), json.Replace(right, wrong, StringComparison.Ordinal), Encoding.Latin1);

        var error = Assert.Throws<DataFileException>(() => DataFolder.Open(scratch.Directory));

        Assert.Contains(said, error.Reason, StringComparison.Ordinal);
        Assert.Contains("line ", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void DataFolder_BrokenTaskFile_IsRefusedByName()
    {
        File.WriteAllText(scratch.File("task.json"), "{\"name\":\"x\"}");

        var error = Assert.Throws<DataFileException>(() => DataFolder.Open(scratch.Directory));

        Assert.Contains("not a task description", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadAll_HouseThatTaskJsonDoesNotName_IsRefusedByName()
    {
        var folder = WriteFolder();
        FqcFile.Write(scratch.File("participants/stranger/train.fqc"), SamplePatches.Random(6, seed: 1));

        var error = Assert.Throws<DataFileException>(() => folder.ReadAll());

        Assert.Contains("stranger", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadAll_FileOfOtherClasses_IsRefusedNamingThem()
    {
        var folder = WriteFolder();
        var other = SamplePatches.Random(6, seed: 1) with { Classes = ["bad", "good"] };
        FqcFile.Write(scratch.File("participants/one/validation.fqc"), other);

        var error = Assert.Throws<DataFileException>(() => folder.ReadAll());

        Assert.EndsWith("validation.fqc", error.FilePath, StringComparison.Ordinal);
        Assert.Contains("bad, good", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadAll_WholeFolder_GivesEveryFile() => Assert.Equal(
        ["participants/one/train.fqc", "participants/one/validation.fqc", "test/c.fqc"],
        WriteFolder().ReadAll().Select(read => read.File.Replace('\\', '/')));

    public void Dispose() => scratch.Dispose();

    private DataFolder WriteFolder()
    {
        var task = new TaskDescription(
            "test-task", ["good", "bad"], [16, 8, 8], [16, 8, 8], "qc-v2", ["c"], [new("one", "c")],
            new RecommendedTraining(0.1, 0, 1, 1, 1, 0, 0));
        File.WriteAllText(scratch.File("task.json"), JsonSerializer.Serialize(task, TaskDescription.Json));
        File.WriteAllText(scratch.File("model.json"), "{}");
        foreach (var file in new[] { "participants/one/train.fqc", "participants/one/validation.fqc", "test/c.fqc" })
            FqcFile.Write(scratch.File(file), SamplePatches.Random(6, seed: 1));
        return DataFolder.Open(scratch.Directory);
    }
}
