using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Plates;

namespace Fed.Tests.MediaQc.Plates;

/// <summary>Two sites of one house each, of made pictures, built in a second or two.</summary>
internal sealed class TinyPlateBuild : IDisposable
{
    /// <summary>Comes with ffmpeg: fonts-dejavu-core is what fontconfig depends on.</summary>
    private const string Fonts = "/usr/share/fonts/truetype/dejavu";

    private static readonly string[] s_pictures = ["p0", "p1", "v0", "v1", "held0", "held1"];

    private readonly Scratch _scratch = new();

    public TinyPlateBuild()
    {
        Plan = new PlatePlan(
            "tiny-plates", 320, 192, 4, 0.5,
            [.. s_pictures.Select(id => new SourceImageInfo(id, "none", id + ".pgm", "Ann Author", "CC0"))],
            [
                new SourceImageInfo("sans", "fonts-dejavu-core", "sans.ttf", "Bitstream", "Bitstream-Vera"),
                new SourceImageInfo("mono", "fonts-dejavu-core", "mono.ttf", "Bitstream", "Bitstream-Vera"),
            ],
            [
                new PlateCountry("AA", 520, 110, ["LL 0000"], 235, 20, Strip: "left"),
                new PlateCountry("BB", 300, 150, ["LLL/000"], 20, 220, Letters: 0.7),
                new PlateCountry("CC", 520, 110, ["000 LLL"], 190, 20),
            ],
            [House("one", "north", "AA", "p0", "v0"), House("two", "south", "BB", "p1", "v1")],
            new PlateTestPlan(["held0", "held1"], ["mono"], 6, new() { ["south"] = ["CC"] }));
        foreach (var (i, id) in s_pictures.Index())
            TinyBuild.WriteBlobs(PathOf(id + ".pgm"), i, 400, 260);
        foreach (var (name, file) in new[] { ("sans.ttf", "DejaVuSans-Bold.ttf"), ("mono.ttf", "DejaVuSansMono.ttf") })
            File.Copy(Path.Combine(Fonts, file), PathOf(name));
    }

    public List<string> Lines { get; } = [];

    public PlatePlan Plan { get; }

    public string PathOf(string name) => _scratch.File(name);

    public Task RunAsync(string name, int jobs = 2, string? measures = null) =>
        new PlateBuilder(Plan, new BuildOptions(PathOf("."), PathOf(name), 7, jobs, measures), Lines.Add)
            .RunAsync(CancellationToken.None);

    public void Dispose() => _scratch.Dispose();

    public static SiteCamera Camera(double height = 30, double yaw = 0) => new(
        [height, height], [yaw, yaw], [0, 0], 0, [0, 0], [0, 0], [0, 0], 0, 0, 1, ["mpeg2video -q:v 2"]);

    private static PlateHouse House(string name, string site, string country, string picture, string validation) => new(
        name, site, "A test.", [country], ["sign", "fence"], ["sans"], [picture], [validation],
        Camera(24, 20) with { Noise = [1, 3], Night = 0.5, Rain = 0.5, Motion = [0, 0.2] },
        new() { ["background"] = 8, ["plate"] = 4 }, new() { ["background"] = 4, ["plate"] = 2 });
}
