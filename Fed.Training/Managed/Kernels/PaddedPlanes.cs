using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fed.Training.Managed.Kernels;

/// <summary>
/// Images with a border of zeros, so that a convolution has no edge cases. For a stride s the planes are kept as s x s
/// phases (the pixels whose row and column leave the same remainders), so that neighbours in the output are neighbours
/// in memory whatever the stride.
/// </summary>
internal sealed unsafe class PaddedPlanes
{
    private readonly int _channels;
    private readonly int _sourceHeight;
    private readonly int _sourceWidth;
    private readonly int _border;
    private readonly int _phases;
    private AlignedBuffer<float>? _buffer;

    /// <param name="channels">Planes in an image.</param>
    /// <param name="height">Rows with the border.</param>
    /// <param name="width">Columns with the border.</param>
    /// <param name="sourceHeight">Rows of the images to be framed.</param>
    /// <param name="sourceWidth">Columns of the images to be framed.</param>
    /// <param name="border">Row and column of the first pixel.</param>
    /// <param name="phases">The stride with which the planes will be read.</param>
    public PaddedPlanes(
        int channels, int height, int width, int sourceHeight, int sourceWidth, int border, int phases)
    {
        _channels = channels;
        _sourceHeight = sourceHeight;
        _sourceWidth = sourceWidth;
        _border = border;
        _phases = phases;
        Pitch = (width + phases - 1) / phases;
        PhaseLength = (height + phases - 1) / phases * Pitch;
        ImageLength = checked(channels * phases * phases * PhaseLength + Vector<float>.Count);
    }

    /// <summary>Distance of rows in a phase.</summary>
    public int Pitch { get; }

    /// <summary>Values in one phase of one plane.</summary>
    public int PhaseLength { get; }

    /// <summary>
    /// Distance of images. Each ends in a vector of zeros: what a kernel reads past the last row of one image, and
    /// drops, is never another image.
    /// </summary>
    public int ImageLength { get; }

    public float* Image(int index) => _buffer!.Pointer + (long)index * ImageLength;

    public void Reserve(int images) =>
        _buffer = AlignedBuffer<float>.AtLeast(_buffer, (long)images * ImageLength);

    /// <summary>Where a channel, row and column (border included) lie in an image.</summary>
    public int At(int channel, int row, int column) =>
        ((channel * _phases + row % _phases) * _phases + column % _phases) * PhaseLength
        + row / _phases * Pitch + column / _phases;

    /// <summary>Copies an image (channels x rows x columns) inside the border, which stays zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(int index, float* source)
    {
        var image = Image(index);
        for (var channel = 0; channel < _channels; channel++)
        {
            for (var y = _border; y < _border + _sourceHeight; y++)
            {
                var row = image + At(channel, y, _border);
                if (_phases == 1)
                    CopyRow(source, row, _sourceWidth);
                else if (_phases == 2)
                    SplitRow(source, row, image + At(channel, y, _border + 1), _sourceWidth);
                else
                    SpreadRow(source, image + At(channel, y, 0), _border, _sourceWidth);
                source += _sourceWidth;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyRow(float* source, float* target, int length)
    {
        var lanes = Vector<float>.Count;
        var x = 0;
        for (; x + lanes <= length; x += lanes)
            Vector.Store(Vector.Load(source + x), target + x);
        for (; x < length; x++)
            target[x] = source[x];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SplitRow(float* source, float* even, float* odd, int length)
    {
        var lanes = Vector<float>.Count;
        var x = 0;
        for (; x + 2 * lanes <= length; x += 2 * lanes)
        {
            var first = Vector.Load(source + x);
            var second = Vector.Load(source + x + lanes);
            Vector.Store(Pairs.Even(first, second), even + x / 2);
            Vector.Store(Pairs.Odd(first, second), odd + x / 2);
        }

        for (; x + 1 < length; x += 2)
        {
            even[x / 2] = source[x];
            odd[x / 2] = source[x + 1];
        }

        if (x < length)
            even[x / 2] = source[x];
    }

    /// <param name="row">Phase 0 of the row.</param>
    private void SpreadRow(float* source, float* row, int column, int length)
    {
        var (phase, place) = (column % _phases, column / _phases);
        for (var x = 0; x < length; x++)
        {
            row[phase * PhaseLength + place] = source[x];
            if (++phase < _phases)
                continue;
            phase = 0;
            place++;
        }
    }
}

/// <summary>
/// How the pixels of an output plane are cut into vectors. If a row is a whole number of vectors, the plane is dense.
/// Otherwise its rows keep the distance of the padded input, so that vectors run across row ends; what falls between
/// the rows is computed and dropped.
/// </summary>
internal sealed unsafe class PlaneVectors
{
    private readonly AlignedBuffer<int> _from;
    private readonly AlignedBuffer<int> _to;

    /// <param name="height">Rows of the output.</param>
    /// <param name="width">Columns of the output.</param>
    /// <param name="inputPitch">Distance of rows in the padded input.</param>
    /// <param name="start">Place of the first pixel in the padded input.</param>
    public PlaneVectors(int height, int width, int inputPitch, int start = 0)
    {
        var lanes = Vector<float>.Count;
        Height = height;
        Width = width;
        Dense = width % lanes == 0;
        Pitch = Dense ? width : inputPitch;
        Count = Dense ? height * width / lanes : ((height - 1) * inputPitch + width + lanes - 1) / lanes;
        PlaneLength = Count * lanes;
        _from = new AlignedBuffer<int>(Count);
        _to = new AlignedBuffer<int>(Count);
        for (var v = 0; v < Count; v++)
        {
            var pixel = v * lanes;
            _to.Pointer[v] = pixel;
            _from.Pointer[v] = start + (Dense ? pixel / width * inputPitch + pixel % width : pixel);
        }
    }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Whether the plane is height x width without gaps.</summary>
    public bool Dense { get; }

    /// <summary>Distance of rows in the plane.</summary>
    public int Pitch { get; }

    /// <summary>Vectors in a plane.</summary>
    public int Count { get; }

    /// <summary>Values in a plane, gaps included.</summary>
    public int PlaneLength { get; }

    /// <summary>For each vector, its first pixel's place in the padded input.</summary>
    public int* From => _from.Pointer;

    /// <summary>For each vector, its place in the plane.</summary>
    public int* To => _to.Pointer;

    /// <summary>Copies planes without gaps into planes with gaps; the gaps keep their value.</summary>
    public void Spread(int planes, float* dense, float* target) =>
        Copy(planes, dense, Width, Height * Width, target, Pitch, PlaneLength);

    /// <summary>Copies planes with gaps into planes without.</summary>
    public void Gather(int planes, float* source, float* dense) =>
        Copy(planes, source, Pitch, PlaneLength, dense, Width, Height * Width);

    private void Copy(
        int planes, float* source, int sourcePitch, int sourcePlane, float* target, int targetPitch, int targetPlane)
    {
        for (var plane = 0; plane < planes; plane++)
        {
            for (var y = 0; y < Height; y++)
            {
                new ReadOnlySpan<float>(source + y * sourcePitch, Width)
                    .CopyTo(new Span<float>(target + y * targetPitch, Width));
            }

            source += sourcePlane;
            target += targetPlane;
        }
    }
}

/// <summary>
/// Takes neighbours in a row apart and puts them together again. A pair of floats is looked at as one 64-bit number, so
/// the portable narrow, widen and shift do what a shuffle would.
/// </summary>
internal static class Pairs
{
    /// <summary>The first, third, ... value of two vectors that follow each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Even(Vector<float> first, Vector<float> second) =>
        Vector.AsVectorSingle(Vector.Narrow(Vector.AsVectorUInt64(first), Vector.AsVectorUInt64(second)));

    /// <summary>The second, fourth, ... value of two vectors that follow each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Odd(Vector<float> first, Vector<float> second) => Vector.AsVectorSingle(Vector.Narrow(
        Vector.ShiftRightLogical(Vector.AsVectorUInt64(first), 32),
        Vector.ShiftRightLogical(Vector.AsVectorUInt64(second), 32)));

    /// <summary>The inverse of <see cref="Even"/> and <see cref="Odd"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Join(Vector<float> even, Vector<float> odd, out Vector<float> first, out Vector<float> second)
    {
        Vector.Widen(Vector.AsVectorUInt32(even), out var evenLow, out var evenHigh);
        Vector.Widen(Vector.AsVectorUInt32(odd), out var oddLow, out var oddHigh);
        first = Vector.AsVectorSingle(evenLow | Vector.ShiftLeft(oddLow, 32));
        second = Vector.AsVectorSingle(evenHigh | Vector.ShiftLeft(oddHigh, 32));
    }
}
