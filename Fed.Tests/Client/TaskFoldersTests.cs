using Fed.Cli.Demo;
using Fed.Client;
using Fed.Client.Agent;
using Fed.MediaQc.Folders;

namespace Fed.Tests.Client;

public sealed class TaskFoldersTests
{
    [Theory]
    [InlineData("audio", "audio-qc")]
    [InlineData("video", "media-qc")]
    [InlineData("multimodal", "programme-qc")]
    [InlineData("plates", "plate-qc")]
    [InlineData("audio-qc", "audio-qc")]
    [InlineData(null, "media-qc")]
    public void Find_ShortOrFullName_IsTheTasksFolder(string? name, string expected) =>
        Assert.Equal(expected, DataFolder.Open(TaskFolders.Find(name, folder: null)).Task.Name);

    [Fact]
    public void Find_UnknownName_NamesTheKnownOnes()
    {
        var error = Assert.Throws<AgentException>(() => TaskFolders.Find("radio", folder: null));

        Assert.Contains("audio-qc, media-qc", error.Message, StringComparison.Ordinal);
        Assert.Contains("(video, audio, subtitles, multimodal, plates for short)", error.Message, StringComparison.Ordinal);
    }
}
