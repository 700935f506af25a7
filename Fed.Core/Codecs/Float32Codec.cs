using System.Runtime.InteropServices;

namespace Fed.Core.Codecs;

/// <summary>The values themselves, little-endian.</summary>
public sealed class Float32Codec : IBlockCodec
{
    public ushort Id => 1;

    public string Name => "float32";

    public int MaxEncodedLength(int count) => checked(count * sizeof(float));

    public int Encode(ReadOnlySpan<float> values, Span<byte> destination)
    {
        var bytes = MemoryMarshal.AsBytes(values);
        bytes.CopyTo(destination);
        return bytes.Length;
    }

    public void Decode(ReadOnlySpan<byte> encoded, Span<float> values)
    {
        if (encoded.Length != MaxEncodedLength(values.Length))
        {
            throw new InvalidDataException(
                $"a float32 block of {values.Length} values has {values.Length * 4} bytes, not {encoded.Length}");
        }

        encoded.CopyTo(MemoryMarshal.AsBytes(values));
    }
}
