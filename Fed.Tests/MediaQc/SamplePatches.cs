using Fed.MediaQc.Files;

namespace Fed.Tests.MediaQc;

/// <summary>Small stored sets for tests.</summary>
internal static class SamplePatches
{
    /// <summary>Random patches: the middle frame repeats the first, the last is new.</summary>
    public static PatchSet Random(int count, int seed, string features = "qc-v1", int side = 32)
    {
        var random = new Random(seed);
        var pixels = new byte[count * 3 * side * side];
        random.NextBytes(pixels);
        for (var i = 0; i < count; i++)
        {
            var first = pixels.AsSpan(i * 3 * side * side, side * side);
            first.CopyTo(pixels.AsSpan((i * 3 + 1) * side * side));
        }

        var labels = Enumerable.Range(0, count).Select(i => (byte)(i % 2)).ToArray();
        var severities = Enumerable.Range(0, count).Select(i => (byte)(i % 4)).ToArray();
        var sources = Enumerable.Range(0, count).Select(i => (ushort)(i % 3)).ToArray();
        return new PatchSet(
            "test-task", features, [3, side, side], ["good", "bad"], ["a", "b", "c"], labels, severities, sources, pixels);
    }
}
