namespace Fed.Tests.MediaQc;

/// <summary>The tiny plan's folder, built once, by the first test that begins with one; each gets a copy.</summary>
public sealed class EarlierBuild : IDisposable
{
    internal const int Jobs = 2;

    private readonly TinyBuild _build = new();
    private readonly Lazy<Task> _run;

    // Not when the class begins: where ffmpeg is not installed, its tests are skipped.
    public EarlierBuild() => _run = new Lazy<Task>(() =>
    {
        _build.WritePictures();
        return _build.RunAsync("a", Jobs);
    });

    internal async Task CopyAsync(string folder)
    {
        await _run.Value;
        var built = _build.File("a");
        foreach (var file in Directory.EnumerateFiles(built, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(built, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose() => _build.Dispose();
}
