using Fed.MediaQc.Pipeline.Media;

namespace Fed.MediaQc.Pipeline.Labels;

/// <summary>A place in a clip: where a patch is cut.</summary>
/// <param name="Frame">First frame.</param>
/// <param name="X">Left column, a multiple of 8.</param>
/// <param name="Y">Upper row, a multiple of 8.</param>
public readonly record struct PatchWindow(int Frame, int X, int Y)
{
    /// <summary>Frames of a patch.</summary>
    public const int FrameCount = 3;

    /// <summary>Width and height of a patch, pixels.</summary>
    public const int Pixels = 32;

    /// <summary>The patch as integers, frame after frame.</summary>
    public int[] Cut(Clip clip) => Array.ConvertAll(CutBytes(clip), value => (int)value);

    /// <summary>The patch as stored, frame after frame.</summary>
    public byte[] CutBytes(Clip clip)
    {
        var patch = new byte[FrameCount * Pixels * Pixels];
        for (var frame = 0; frame < FrameCount; frame++)
        {
            for (var row = 0; row < Pixels; row++)
            {
                clip.Frames[Frame + frame].AsSpan((Y + row) * clip.Width + X, Pixels)
                    .CopyTo(patch.AsSpan((frame * Pixels + row) * Pixels));
            }
        }

        return patch;
    }
}
