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
    public void DataFolder_BrokenTaskFile_IsRefusedByName()
    {
        File.WriteAllText(scratch.File("task.json"), "{\"name\":\"x\"}");

        var error = Assert.Throws<DataFileException>(() => DataFolder.Open(scratch.Directory));

        Assert.Contains("not a task description", error.Reason, StringComparison.Ordinal);
    }

    public void Dispose() => scratch.Dispose();
}
