using Fed.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Scan;

public sealed class WatchedFolderTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestMedia _media = new();
    private readonly WatchedFolder _watched = new(TimeSpan.FromSeconds(5));

    public void Dispose() => _media.Dispose();

    [Fact]
    public void Arrived_AFileThatGrows_IsThereOnceItHasStoodStill()
    {
        Assert.Empty(At(0, ("a.mp4", "1")));
        Assert.Empty(At(4, ("a.mp4", "2"), ("b.mp4", "1")));
        Assert.Empty(At(8, ("a.mp4", "2"), ("b.mp4", "1")));
        Assert.Equal(["a.mp4", "b.mp4"], At(9, ("a.mp4", "2"), ("b.mp4", "1")));
        Assert.Equal(["b.mp4"], At(10, ("a.mp4", "3"), ("b.mp4", "1")));
        Assert.Equal(["a.mp4", "b.mp4"], At(15, ("a.mp4", "3"), ("b.mp4", "1")));
    }

    [Fact]
    public void Arrived_AFileThatWasAway_BeginsAnew()
    {
        Assert.Empty(At(0, ("a.mp4", "1")));
        Assert.Empty(At(3));
        Assert.Empty(At(6, ("a.mp4", "1")));
        Assert.Equal(["a.mp4"], At(11, ("a.mp4", "1")));
    }

    [Fact]
    public void Now_SubtitlesThatComeBesideAFilm_AreAnotherState()
    {
        var film = _media.PathOf("film.mp4");
        File.WriteAllText(film, "pictures");
        var alone = WatchedFile.Now(film);
        File.WriteAllText(_media.PathOf("film.de.srt"), "cues");
        var both = WatchedFile.Now(film);
        File.SetLastWriteTimeUtc(film, s_start.UtcDateTime);

        Assert.NotEqual(alone, both);
        Assert.NotEqual(both, WatchedFile.Now(film));
        Assert.Equal(WatchedFile.Now(film), WatchedFile.Now(film));
        Assert.Null(WatchedFile.Now(_media.PathOf("gone.mp4")));
        Assert.Null(WatchedFile.Now(_media.PathOf(Path.Combine("no folder", "gone.mp4"))));
    }

    private IEnumerable<string> At(double seconds, params (string Path, string State)[] files) =>
        _watched.Arrived([.. files.Select(file => new WatchedFile(file.Path, file.State))], s_start.AddSeconds(seconds))
            .Select(file => file.Path);
}
