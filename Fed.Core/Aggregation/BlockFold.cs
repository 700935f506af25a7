using System.Numerics;
using System.Runtime.InteropServices;
using Fed.Core.Blocks;
using Fed.Core.Codecs;

namespace Fed.Core.Aggregation;

/// <summary>
/// Sums K block files, block by block: for each block, decode it from each of the files and add it into one accumulator
/// that stays in cache. Exact, so neither the order of the inputs nor the split into blocks changes a bit.
/// One instance serves one thread; its buffers are reused for every block.
/// </summary>
public sealed class BlockFold
{
    private readonly IReadOnlyList<FoldInput> _inputs;
    private readonly Grid _grid;
    private readonly byte[] _encoded;
    private readonly float[] _decoded;

    /// <param name="inputs">At least one; all of one dimension, block length and layout.</param>
    /// <exception cref="ArgumentException">No input, or the inputs do not fit together.</exception>
    public BlockFold(IReadOnlyList<FoldInput> inputs, Grid grid)
    {
        if (inputs.Count == 0)
            throw new ArgumentException("a fold needs at least one contribution");
        var first = inputs[0].File.Header;
        foreach (var (file, _) in inputs)
        {
            var header = file.Header;
            if (header.Dimension != first.Dimension || header.BlockLength != first.BlockLength
                || header.LayoutHash != first.LayoutHash)
            {
                throw new ArgumentException(
                    $"mixed layouts: {header.LayoutHash} ({header.Dimension} parameters) and {first.LayoutHash} "
                    + $"({first.Dimension}); contributions of one fold must share one layout");
            }
        }

        _inputs = inputs;
        _grid = grid;
        _encoded = new byte[inputs.Max(input => input.File.MaxBlockBytes)];
        _decoded = new float[first.BlockLength];
        Dimension = first.Dimension;
        BlockLength = first.BlockLength;
        LayoutHash = first.LayoutHash;
    }

    public long Dimension { get; }

    public int BlockLength { get; }

    public string LayoutHash { get; }

    public int BlockCount => BlockFileHeader.BlocksOf(Dimension, BlockLength);

    /// <summary>Number of parameters in a block: the last one may be shorter.</summary>
    public int LengthOf(int block) => (int)Math.Min(BlockLength, Dimension - (long)block * BlockLength);

    /// <summary>Writes sum over inputs of factor x q of one block; <paramref name="sums"/> has its length.</summary>
    /// <exception cref="InvalidDataException">A stored block no longer matches its checksum.</exception>
    public void Sum(int block, Span<long> sums)
    {
        sums.Clear();
        foreach (var (file, factor) in _inputs)
        {
            var encoded = file.ReadBlock(block, _encoded);
            if (file.Header.Kind == BlockFileKind.Sums)
            {
                AddScaled(MemoryMarshal.Cast<byte, long>(encoded), factor, sums);
                continue;
            }

            var values = _decoded.AsSpan(0, sums.Length);
            BlockCodecs.ById(file.Header.CodecId).Decode(encoded, values);
            _grid.Accumulate(values, factor, sums);
        }
    }

    private static void AddScaled(ReadOnlySpan<long> values, long factor, Span<long> sums)
    {
        var i = 0;
        for (; i <= sums.Length - Vector<long>.Count; i += Vector<long>.Count)
        {
            var target = sums.Slice(i, Vector<long>.Count);
            (new Vector<long>(target) + new Vector<long>(values[i..]) * factor).CopyTo(target);
        }

        for (; i < sums.Length; i++)
            sums[i] += values[i] * factor;
    }
}
