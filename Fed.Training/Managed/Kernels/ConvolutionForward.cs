using Fed.Training.Specification;

namespace Fed.Training.Managed.Kernels;

/// <summary>A convolution of images, and the padded input that its weight gradient will need.</summary>
internal sealed unsafe class ConvolutionForward
{
    private readonly int _filters;
    private readonly PlaneConvolution _convolution;
    private readonly AlignedBuffer<float> _gapped;

    public ConvolutionForward(Conv2dSpecification layer, int channels, int height, int width, int rows, int columns)
    {
        _filters = layer.Filters;
        var (kernel, padding) = (layer.Kernel, layer.Padding);
        Planes = new PaddedPlanes(
            channels, height + 2 * padding, width + 2 * padding, height, width, padding, layer.Stride);
        Vectors = new PlaneVectors(rows, columns, Planes.Pitch);
        var taps = new int[channels * kernel * kernel];
        for (var i = 0; i < taps.Length; i++)
            taps[i] = Planes.At(i / (kernel * kernel), i / kernel % kernel, i % kernel);
        _convolution = new PlaneConvolution(_filters, taps, Vectors);
        _gapped = new AlignedBuffer<float>(Vectors.Dense ? 0 : (long)_filters * Vectors.PlaneLength);
    }

    public PaddedPlanes Planes { get; }

    public PlaneVectors Vectors { get; }

    /// <summary>For each tap (channel, row, column) of a kernel its place in the padded input.</summary>
    public ReadOnlySpan<int> Taps => _convolution.Taps;

    /// <param name="kernels">[filters][channels][rows][columns].</param>
    /// <param name="bias">[filters].</param>
    public void SetKernels(float* kernels, ReadOnlySpan<float> bias) => _convolution.SetKernels(kernels, bias);

    /// <summary>Convolves one image; its padded copy stays at <paramref name="index"/>.</summary>
    public void Run(int index, float* input, float* output)
    {
        Planes.Fill(index, input);
        if (Vectors.Dense)
        {
            _convolution.Run(Planes.Image(index), output);
            return;
        }

        _convolution.Run(Planes.Image(index), _gapped.Pointer);
        Vectors.Gather(_filters, _gapped.Pointer, output);
    }
}
