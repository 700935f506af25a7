using Fed.MediaQc.Files;

namespace Fed.Tests.MediaQc;

/// <summary>Small stored sets for tests.</summary>
internal static class SamplePatches
{
    /// <summary>Random maps: the second repeats the first, the others are new.</summary>
    public static PatchSet Random(int count, int seed, string features = "qc-v2")
    {
        var random = new Random(seed);
        const int maps = 16, side = 8;
        var pixels = new byte[count * maps * side * side];
        random.NextBytes(pixels);
        for (var i = 0; i < count; i++)
        {
            var first = pixels.AsSpan(i * maps * side * side, side * side);
            first.CopyTo(pixels.AsSpan((i * maps + 1) * side * side));
        }

        var labels = Enumerable.Range(0, count).Select(i => (byte)(i % 2)).ToArray();
        var severities = Enumerable.Range(0, count).Select(i => (byte)(i % 4)).ToArray();
        var sources = Enumerable.Range(0, count).Select(i => (ushort)(i % 3)).ToArray();
        return new PatchSet(
            "test-task", features, [maps, side, side], ["good", "bad"], ["a", "b", "c"], labels, severities, sources, pixels);
    }
}
