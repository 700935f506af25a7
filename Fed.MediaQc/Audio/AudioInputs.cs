using Fed.MediaQc.Features;

namespace Fed.MediaQc.Audio;

/// <summary>
/// The two planes of <see cref="AudioFeatures"/> to six maps of 16x16, each the mean over 2x2 values. Maps in time show
/// what happens at a moment; sorted maps, in which each column stands by value, show what a second is like whatever is
/// said in it. docs/data.md lists the maps.
/// </summary>
public sealed class AudioInputs : IFeatures
{
    public const string Name = "audio-v1";

    private const int Side = AudioFeatures.Side;
    private const int Plane = AudioFeatures.Plane;
    private const int Half = Side / 2;
    private const int Map = Half * Half;

    public string Key => Name;

    public IReadOnlyList<int> OutputShape(IReadOnlyList<int> stored) =>
        stored is [AudioFeatures.Planes, Side, Side]
            ? [6, Half, Half]
            : throw new ArgumentException(
                $"{Name} needs planes of [{AudioFeatures.Planes},{Side},{Side}], not [{string.Join(',', stored)}]");

    public void Extract(ReadOnlySpan<byte> patch, IReadOnlyList<int> stored, Span<float> output)
    {
        Span<byte> plane = stackalloc byte[Plane];
        // 0 and 1: mel levels, in time and sorted.
        patch[..Plane].CopyTo(plane);
        Shrink(plane, output, 19, 10);
        Sort(plane);
        Shrink(plane, output[Map..], 19, 10);
        // 2 and 3: how much each band changes from frame to frame, in time and sorted.
        plane[..Side].Clear();
        for (var i = Side; i < Plane; i++)
            plane[i] = (byte)Math.Abs(patch[i] - patch[i - Side]);
        Shrink(plane, output[(2 * Map)..], 3, 3);
        Sort(plane);
        Shrink(plane, output[(3 * Map)..], 3, 3);
        // 4 and 5: amplitudes, in time and sorted.
        patch[Plane..].CopyTo(plane);
        Shrink(plane, output[(4 * Map)..], 3.5f, 4.5f);
        Sort(plane);
        Shrink(plane, output[(5 * Map)..], 3.5f, 4.5f);
    }

    // With a fixed centre and scale, so that every map has about unit variance over typical content.
    private static void Shrink(ReadOnlySpan<byte> plane, Span<float> map, float centre, float scale)
    {
        for (var i = 0; i < Map; i++)
        {
            var at = i / Half * 2 * Side + i % Half * 2;
            var mean = (plane[at] + plane[at + 1] + plane[at + Side] + plane[at + Side + 1]) / 4f;
            map[i] = (mean - centre) / scale;
        }
    }

    private static void Sort(Span<byte> plane)
    {
        Span<byte> column = stackalloc byte[Side];
        for (var x = 0; x < Side; x++)
        {
            for (var t = 0; t < Side; t++)
                column[t] = plane[t * Side + x];
            column.Sort();
            for (var t = 0; t < Side; t++)
                plane[t * Side + x] = column[t];
        }
    }
}
