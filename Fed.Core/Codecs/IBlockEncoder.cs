namespace Fed.Core.Codecs;

/// <summary>Encodes the blocks of one vector, in their order; for one thread and one pass.</summary>
public interface IBlockEncoder
{
    /// <summary>Encodes the next block; returns the number of bytes written.</summary>
    /// <param name="values">Finite.</param>
    /// <param name="destination">At least <see cref="IBlockCodec.MaxEncodedLength"/> bytes.</param>
    int Encode(ReadOnlySpan<float> values, Span<byte> destination);
}
