using System.Numerics;

namespace Fed.Training.Managed.Kernels;

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
