using System.Globalization;
using System.Text;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

/// <summary>A plan of two houses and three pictures that is built in seconds, in a folder that goes with it.</summary>
internal sealed class TinyBuild : IDisposable
{
    private readonly Scratch scratch = new();

    public List<string> Lines { get; } = [];

    public string Directory => scratch.Directory;

    public BuildPlan Plan { get; } = TinyPlan();

    public string File(string name) => scratch.File(name);

    public Task RunAsync(string name, int jobs = 2, BuildPlan? plan = null, bool replace = false) =>
        new DatasetBuilder(
            plan ?? Plan,
            new BuildOptions(scratch.Directory, File(name), 7, jobs, Replace: replace),
            Lines.Add).RunAsync(CancellationToken.None);

    public void WritePictures()
    {
        foreach (var source in Plan.Sources)
            WritePicture(source.Path, seed: source.Id.Length);
    }

    /// <summary>Blobs of several sizes, so that there is detail to lose and movement to see.</summary>
    /// <param name="levels">Levels from 0 that pixels have; 1: a black picture.</param>
    public void WritePicture(string name, int seed, int width = 320, int height = 240, int levels = 256) =>
        WriteBlobs(File(name), seed, width, height, levels);

    /// <inheritdoc cref="WritePicture"/>
    public static void WriteBlobs(string path, int seed, int width = 320, int height = 240, int levels = 256)
    {
        var random = new Random(seed);
        var pixels = new byte[width * height];
        for (var blob = 0; blob < 900; blob++)
        {
            int x = random.Next(width), y = random.Next(height), side = random.Next(2, 14), level = random.Next(levels);
            for (var i = 0; i < side * side; i++)
                pixels[(y + i / side) % height * width + (x + i % side) % width] = (byte)level;
        }

        var header = string.Create(CultureInfo.InvariantCulture, $"P5\n{width} {height}\n255\n");
        System.IO.File.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes(header), .. pixels]);
    }

    public void Dispose() => scratch.Dispose();

    private static BuildPlan TinyPlan()
    {
        string[] made = [QcClasses.Clean, QcClasses.Blocking, QcClasses.Blur, QcClasses.Freeze, QcClasses.Noise];
        var quota = made.ToDictionary(name => name, _ => 2);
        HousePlan House(string name, string cluster, string encoder, string good, string low, string source) => new(
            name, cluster, "A test.", 240, encoder, "-g 6", [good], [low], ["freeze:before:3", "noise:after:8"], [source],
            quota, quota);
        return new BuildPlan(
            "tiny",
            new ClipPlan(128, 128, 26, 1, 2),
            [.. new[] { "x", "yy", "zzz" }.Select(id => new SourceImageInfo(id, "none", id + ".pgm", "Ann Author", "CC0"))],
            [
                House("one", "mpeg2", "mpeg2video", "-q:v 2", "-q:v 31", "x"),
                House("two", "h264", "libx264", "-crf 14", "-crf 46", "yy"),
            ],
            new TestPlan(["zzz"], 1, ["freeze:before:3", "noise:after:8"]));
    }
}
