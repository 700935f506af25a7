using System.Buffers.Binary;
using Fed.MediaQc.Features;
using Fed.MediaQc.Files;

namespace Fed.Tests.Client;

/// <summary>
/// Finds pieces of samples in a stream of bytes: any 16 consecutive bytes of a patch as it is stored, and any 4
/// consecutive float32 values of a patch as the model sees it, at any offset.
/// </summary>
internal sealed class SampleDetector
{
    public const int WindowBytes = 16;

    private readonly HashSet<UInt128> _windows = [];

    public SampleDetector(params PatchSet[] sets)
    {
        foreach (var set in sets)
        {
            var samples = FeatureExtraction.ToSamples(set);
            for (var i = 0; i < set.Count; i++)
            {
                Add(set.Patch(i), step: 1);
                Add(System.Runtime.InteropServices.MemoryMarshal.AsBytes(samples.Input(i)), sizeof(float));
            }
        }
    }

    /// <returns>How many windows of the bytes are a piece of a sample.</returns>
    public int Count(ReadOnlySpan<byte> bytes)
    {
        var found = 0;
        for (var start = 0; start + WindowBytes <= bytes.Length; start++)
        {
            if (_windows.Contains(Window(bytes, start)))
                found++;
        }

        return found;
    }

    private void Add(ReadOnlySpan<byte> sample, int step)
    {
        for (var start = 0; start + WindowBytes <= sample.Length; start += step)
            _windows.Add(Window(sample, start));
    }

    private static UInt128 Window(ReadOnlySpan<byte> bytes, int start) =>
        BinaryPrimitives.ReadUInt128LittleEndian(bytes[start..]);
}
