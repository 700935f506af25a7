namespace Fed.Core.Codecs;

/// <summary>Encodes one block of float32 values, independently of all other blocks.</summary>
public interface IBlockCodec
{
    /// <summary>Stable identity in files: ids may only be added.</summary>
    ushort Id { get; }

    /// <summary>The name in settings.</summary>
    string Name { get; }

    /// <summary>Largest encoded length in bytes of a block of <paramref name="count"/> values.</summary>
    int MaxEncodedLength(int count);

    /// <summary>Encodes finite values; returns the number of bytes written.</summary>
    int Encode(ReadOnlySpan<float> values, Span<byte> destination);

    /// <summary>Decodes exactly <c>values.Length</c> values.</summary>
    /// <exception cref="InvalidDataException">The bytes are not an encoding of so many values.</exception>
    void Decode(ReadOnlySpan<byte> encoded, Span<float> values);
}
