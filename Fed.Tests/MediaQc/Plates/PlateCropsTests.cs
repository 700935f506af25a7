using System.Globalization;
using System.Text;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Plates;

namespace Fed.Tests.MediaQc.Plates;

public sealed class PlateCropsTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public PlateCropsTests()
    {
        foreach (var name in PlateClasses.Names)
        {
            Directory.CreateDirectory(_scratch.File(name));
            for (var i = 0; i < 5; i++)
                Write($"{name}/{i}.png", 96, 24, name == PlateClasses.Plate ? 200 : 60);
        }
    }

    public void Dispose() => _scratch.Dispose();

    [FfmpegFact]
    public async Task Run_FiveCropsOfEachClass_AreAParticipantsFolder()
    {
        await RunAsync();

        var folder = ParticipantFolder.Open(_scratch.File("out"));
        Assert.Equal(("plate-qc", PlateFeatures.Name), (folder.Task.Name, folder.Task.Features));
        Assert.Equal((8, 2), (folder.Train.Count, folder.Validation.Count));
        Assert.Equal([0, 1], folder.Validation.Labels.Order());
        var error = await Assert.ThrowsAsync<DataFileException>(() => RunAsync());
        Assert.Contains("--replace", error.Reason, StringComparison.Ordinal);
        await RunAsync(replace: true);
    }

    [FfmpegTheory]
    [InlineData(20, 5, "20x5 pixels")]
    [InlineData(96, 48, "2.0 times as wide as high")]
    public async Task Run_CropOfAWrongSize_IsNamed(int width, int height, string reason)
    {
        Write("plate/3.png", width, height, 200);

        var error = await Assert.ThrowsAsync<DataFileException>(() => RunAsync());

        Assert.EndsWith("3.png", error.FilePath, StringComparison.Ordinal);
        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.File("out")));
    }

    [FfmpegFact]
    public async Task Run_CropsThatCannotBeRead_OrAreTooFew_AreNamed()
    {
        File.WriteAllText(_scratch.File("background/2.png"), "no picture");
        Write("plate/1.png", 20, 5, 200);
        var unreadable = await Assert.ThrowsAsync<DataFileException>(() => RunAsync());
        Directory.Delete(_scratch.File("plate"), recursive: true);
        var missing = await Assert.ThrowsAsync<DataFileException>(() => RunAsync());
        Directory.CreateDirectory(_scratch.File("plate"));
        var empty = await Assert.ThrowsAsync<DataFileException>(() => RunAsync());

        Assert.EndsWith("2.png", unreadable.FilePath, StringComparison.Ordinal);
        Assert.Contains("1.png: the crop is 20x5", unreadable.Reason, StringComparison.Ordinal);
        Assert.Contains("missing", missing.Reason, StringComparison.Ordinal);
        Assert.Contains("0 crops", empty.Reason, StringComparison.Ordinal);
    }

    private Task RunAsync(bool replace = false) =>
        new PlateCrops(_scratch.Directory, _scratch.File("out"), replace, _ => { }).RunAsync(CancellationToken.None);

    // ffmpeg tells a picture by its content, whatever its name says.
    private void Write(string name, int width, int height, int level)
    {
        var pixels = new byte[width * height];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i % width / 4 % 2 == 0 ? level : 20);
        var header = string.Create(CultureInfo.InvariantCulture, $"P5\n{width} {height}\n255\n");
        File.WriteAllBytes(_scratch.File(name), [.. Encoding.ASCII.GetBytes(header), .. pixels]);
    }
}
