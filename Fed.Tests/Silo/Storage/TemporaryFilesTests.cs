using Fed.Silo.Storage;
using Fed.Tests.Silo.Sqlite;

namespace Fed.Tests.Silo.Storage;

public sealed class TemporaryFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Remove_WhileTheFolderIsAway_HappensWhenItIsBack()
    {
        var (here, away) = (_folder.File("tmp"), _folder.File("away"));
        Directory.CreateDirectory(here);
        var files = new TemporaryFiles(here);
        var path = files.Next();
        File.WriteAllText(path, "half written");
        Directory.Move(here, away);

        files.Remove(path);
        files.Next();
        Directory.Move(away, here);
        Assert.True(File.Exists(path));
        files.Next();

        Assert.Empty(Directory.GetFiles(here));
    }
}
