namespace Fed.Folding;

/// <summary>The blocks of memory that the step of one fold uses.</summary>
internal sealed class FoldBuffers(int blockLength, int moments)
{
    private readonly float[] _parameters = new float[blockLength];
    private readonly float[] _moments = new float[blockLength * moments];

    public Span<float> Parameters(int length) => _parameters.AsSpan(0, length);

    /// <summary>The moments of a block as stored, and the first and second ones in it.</summary>
    public MomentSpans Moments(int length) => new(
        _moments.AsSpan(0, length * moments),
        moments > 0 ? _moments.AsSpan(0, length) : [],
        moments > 1 ? _moments.AsSpan(length, length) : []);

    public readonly ref struct MomentSpans(Span<float> all, Span<float> first, Span<float> second)
    {
        private readonly Span<float> _all = all;
        private readonly Span<float> _first = first;
        private readonly Span<float> _second = second;

        public void Deconstruct(out Span<float> all, out Span<float> first, out Span<float> second)
        {
            all = _all;
            first = _first;
            second = _second;
        }
    }
}
