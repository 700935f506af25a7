using Fed.MediaQc.Features;
using Fed.MediaQc.Files;

namespace Fed.Tests.Client;

/// <summary>A participant's folder with a few patches of noise: nothing in them can be told apart by chance.</summary>
internal static class TestData
{
    public const string Task = "media-qc";

    public const string Model =
        """{"name":"tiny","input":[3,8,8],"layers":[{"type":"dense","units":4}],"loss":"softmaxCrossEntropy"}""";

    private const int Side = 8;

    public static PatchSet Write(string folder, int seed)
    {
        var train = Make(seed, 24);
        FqcFile.Write(Path.Combine(folder, "train.fqc"), train);
        FqcFile.Write(Path.Combine(folder, "validation.fqc"), Make(seed + 1000, 8));
        return train;
    }

    /// <summary>Samples of only some classes, as houses have that see other faults.</summary>
    public static void WriteSkewed(string folder, int seed, int count, params byte[] classes)
    {
        FqcFile.Write(Path.Combine(folder, "train.fqc"), Make(seed, count, classes));
        FqcFile.Write(Path.Combine(folder, "validation.fqc"), Make(seed + 1000, 8, classes));
    }

    private static PatchSet Make(int seed, int count, params byte[] classes)
    {
        if (classes.Length == 0)
            classes = [0, 1, 2, 3];
        var random = new Random(seed);
        var pixels = new byte[count * 3 * Side * Side];
        random.NextBytes(pixels);
        var labels = Enumerable.Range(0, count).Select(i => classes[i % classes.Length]).ToArray();
        return new PatchSet(
            Task,
            ScaledFeatures.Name,
            [3, Side, Side],
            ["clean", "blocking", "blur", "noise"],
            ["noise"],
            labels,
            new byte[count],
            new ushort[count],
            pixels);
    }
}
