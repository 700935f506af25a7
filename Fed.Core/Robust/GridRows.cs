using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.Codecs;

namespace Fed.Core.Robust;

/// <summary>
/// One block of every update at once, as integers of the grid: K rows of a block's length. A partial aggregate stands
/// for one update, its mean S / W rounded to the grid. The buffers are reused for every block, so memory is K blocks
/// whatever the model's size. One instance serves one thread.
/// </summary>
internal sealed class GridRows
{
    /// <summary>
    /// Added to a block's length, so that the same column of many rows does not fall into one set of a cache.
    /// </summary>
    private const int Skew = 272;

    private readonly BlockFileReader[] _files;
    private readonly IBlockCodec?[] _codecs;
    private readonly Grid _grid;
    private readonly byte[] _encoded;
    private readonly float[] _values;
    private readonly int[] _rows;

    public GridRows(IReadOnlyList<BlockFileReader> files, Grid grid)
    {
        _files = [.. files];
        _codecs = [.. files.Select(CodecOf)];
        _grid = grid;
        var most = files[0].Header.BlockLength;
        Stride = most + Skew;
        _encoded = new byte[files.Max(file => file.MaxBlockBytes)];
        _values = new float[most];
        _rows = new int[checked(files.Count * Stride)];
    }

    /// <summary>Distance between the starts of two rows in <see cref="All"/>.</summary>
    public int Stride { get; }

    /// <summary>Parameters of the block that was loaded last.</summary>
    public int Length { get; private set; }

    /// <summary>The K rows, one after the other, <see cref="Stride"/> apart.</summary>
    public ReadOnlySpan<int> All => _rows;

    public ReadOnlySpan<int> Row(int i) => _rows.AsSpan(i * Stride, Length);

    /// <exception cref="InvalidDataException">A stored block no longer matches its checksum.</exception>
    public void Load(int block)
    {
        Length = _files[0].Header.LengthOf(block);
        var values = _values.AsSpan(0, Length);
        for (var i = 0; i < _files.Length; i++)
        {
            var encoded = _files[i].ViewBlock(block, _encoded).Span;
            var row = _rows.AsSpan(i * Stride, Length);
            if (_codecs[i] is not { } codec)
            {
                Divide(MemoryMarshal.Cast<byte, long>(encoded), _files[i].Header.Weight, row);
            }
            else if (codec is Float32Codec && encoded.Length == Length * sizeof(float))
            {
                Quantise(MemoryMarshal.Cast<byte, float>(encoded), row, Ahead(block, i + 1).Span);
            }
            else
            {
                codec.Decode(encoded, values);
                Quantise(values, row, default);
            }
        }
    }

    /// <summary>What is loaded next: the next file's block, or the first file's next.</summary>
    private ReadOnlyMemory<byte> Ahead(int block, int file)
    {
        if (file < _files.Length)
            return _files[file].Ahead(block);
        return block + 1 < _files[0].Header.BlockCount ? _files[0].Ahead(block + 1) : default;
    }

    /// <summary>Null for a file of sums.</summary>
    private static IBlockCodec? CodecOf(BlockFileReader file) =>
        file.Header.Kind == BlockFileKind.Sums ? null : BlockCodecs.ById(file.Header.CodecId);

    /// <summary>q = round-half-to-even(S / W), the quotient in double as <see cref="ModelStep"/> takes it.</summary>
    private static void Divide(ReadOnlySpan<long> sums, long divisor, Span<int> row)
    {
        const int most = (int)Grid.MaxMagnitude;
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var divisors = Vector256.Create((double)divisor);
            for (; i <= sums.Length - 4; i += 4)
            {
                var four = Vector256.ConvertToDouble(Vector256.Create(sums.Slice(i, 4)));
                var bounded = Vector256.Clamp(
                    Vector256.Round(four / divisors), Vector256.Create((double)-most), Vector256.Create((double)most));
                Vector128.Narrow(
                    Vector256.ConvertToInt64(bounded).GetLower(), Vector256.ConvertToInt64(bounded).GetUpper())
                    .CopyTo(row[i..]);
            }
        }

        for (; i < sums.Length; i++)
            row[i] = (int)Math.Clamp(Math.Round(sums[i] / (double)divisor, MidpointRounding.ToEven), -most, most);
    }

    /// <summary>q = round-half-to-even(D 2^f), as <see cref="Grid.Accumulate"/> does.</summary>
    /// <param name="ahead">Fetched on the way, as far as the values reach.</param>
    private void Quantise(ReadOnlySpan<float> values, Span<int> row, ReadOnlySpan<byte> ahead)
    {
        var scale = _grid.Scale;
        var i = 0;
        if (Avx2.IsSupported)
        {
            var scales = Vector256.Create(scale);
            for (; i <= values.Length - 8; i += 8)
            {
                Avx.ConvertToVector256Int32(Vector256.Create(values.Slice(i, 8)) * scales).CopyTo(row[i..]);
                if (i * sizeof(float) < ahead.Length)
                    WeightedBlock.Prefetch(in ahead[i * sizeof(float)]);
            }
        }

        for (; i < values.Length; i++)
            row[i] = Grid.Round(values[i] * scale);
    }
}
