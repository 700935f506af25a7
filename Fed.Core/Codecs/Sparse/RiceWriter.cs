namespace Fed.Core.Codecs.Sparse;

/// <summary>Writes what <see cref="RiceReader"/> reads.</summary>
internal static class RiceWriter
{
    /// <summary>The parameter that makes the code shortest; the lowest of them.</summary>
    /// <param name="positions">Ascending.</param>
    public static int BestParameter(ReadOnlySpan<ushort> positions)
    {
        var best = 0;
        var least = int.MaxValue;
        for (var parameter = 0; parameter <= RiceReader.MaxParameter; parameter++)
        {
            var bytes = LengthOf(positions, parameter);
            if (bytes >= least)
                continue;
            least = bytes;
            best = parameter;
        }

        return best;
    }

    /// <summary>Writes the code; returns its bytes.</summary>
    /// <param name="values">Whose signs are sent, by position.</param>
    public static int Write(
        ReadOnlySpan<ushort> positions, ReadOnlySpan<float> values, int parameter, Span<byte> destination)
    {
        var fieldBytes = FieldBytes(positions.Length, parameter);
        var code = destination[..LengthOf(positions, parameter)];
        code.Clear();
        var unary = code[fieldBytes..];
        var one = -1;
        var last = -1;
        for (var i = 0; i < positions.Length; i++)
        {
            var position = positions[i];
            var gap = (uint)(position - last - 1);
            last = position;
            var sign = float.IsNegative(values[position]) ? 1u << parameter : 0;
            Put(code, i * (parameter + 1), gap & ((1u << parameter) - 1) | sign);
            one += (int)(gap >> parameter) + 1;
            unary[one >> 3] |= (byte)(1 << (one & 7));
        }

        return code.Length;
    }

    private static void Put(Span<byte> bytes, int bit, uint field)
    {
        var shifted = field << (bit & 7);
        for (var at = bit >> 3; shifted != 0; at++, shifted >>= 8)
            bytes[at] |= (byte)shifted;
    }

    private static int LengthOf(ReadOnlySpan<ushort> positions, int parameter)
    {
        var bits = positions.Length;
        var last = -1;
        foreach (var position in positions)
        {
            bits += (position - last - 1) >> parameter;
            last = position;
        }

        return FieldBytes(positions.Length, parameter) + (bits + 7) / 8;
    }

    private static int FieldBytes(int count, int parameter) => (count * (parameter + 1) + 7) / 8;
}
