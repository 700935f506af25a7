namespace Fed.Training.Managed.Layers;

/// <summary>
/// The transposed convolution of one phase: the gradient of a pixel is the sum over filters, and over the taps that
/// meet its phase, of weight times output gradient, shifted back by the tap.
/// </summary>
internal sealed class InputPhase
{
    private readonly int[] _sources;

    private InputPhase(int row, int column, int length, int[] offsets, int[] sources)
    {
        Row = row;
        Column = column;
        Length = length;
        Offsets = offsets;
        Weights = new float[sources.Length];
        _sources = sources;
    }

    public int Row { get; }

    public int Column { get; }

    /// <summary>Values to compute a channel, in rows of the planes' pitch: those inside the image.</summary>
    public int Length { get; }

    /// <summary>Per filter and tap, where its shifted gradient starts.</summary>
    public int[] Offsets { get; }

    /// <summary>[channels, filters taps], as of the last <see cref="Load"/>.</summary>
    public float[] Weights { get; }

    /// <param name="stride">Of the convolution.</param>
    /// <param name="gradientStride">Between the gradients of two filters.</param>
    /// <param name="front">Zeros before the first gradient of a filter.</param>
    public static InputPhase[] All(
        PhasePlanes planes, int filters, int kernel, int stride, int gradientStride, int front)
    {
        var phases = new List<InputPhase>();
        for (var phase = 0; phase < planes.Phases * planes.Phases; phase++)
        {
            var (row, column) = (phase / planes.Phases, phase % planes.Phases);
            var (top, left, rows, columns) = planes.Inside(row, column);
            if (rows == 0)
                continue;
            var start = front + top * planes.Pitch + left;
            var taps = Enumerable.Range(0, kernel * kernel)
                .Where(tap => tap / kernel % stride == row && tap % kernel % stride == column).ToArray();
            phases.Add(new InputPhase(
                row,
                column,
                (rows - 1) * planes.Pitch + columns,
                [
                    .. from filter in Enumerable.Range(0, filters)
                       from tap in taps
                       select filter * gradientStride + start
                           - tap / kernel / stride * planes.Pitch - tap % kernel / stride,
                ],
                [
                    .. from channel in Enumerable.Range(0, planes.Channels)
                       from filter in Enumerable.Range(0, filters)
                       from tap in taps
                       select (filter * planes.Channels + channel) * kernel * kernel + tap,
                ]));
        }

        return [.. phases];
    }

    /// <summary>Takes the weights of this phase out of the layer's parameters.</summary>
    public void Load(ReadOnlySpan<float> parameters)
    {
        for (var i = 0; i < _sources.Length; i++)
            Weights[i] = parameters[_sources[i]];
    }
}
