using System.Numerics;
using System.Runtime.InteropServices;
using Fed.Core.Blocks;
using Fed.Core.Codecs;

namespace Fed.Core.Aggregation;

/// <summary>Combines files block by block into the int64 sums of one partial aggregate.</summary>
public interface IBlockFold
{
    long Dimension { get; }

    int BlockLength { get; }

    string LayoutHash { get; }

    int BlockCount { get; }

    /// <summary>Number of parameters in a block: the last one may be shorter.</summary>
    int LengthOf(int block);

    /// <summary>Writes the sums of one block; <paramref name="sums"/> has its length.</summary>
    /// <exception cref="InvalidDataException">A stored block no longer matches its checksum.</exception>
    void Sum(int block, Span<long> sums);

    /// <summary>The same sums, for another thread: one instance serves one.</summary>
    IBlockFold Twin();
}

/// <summary>One file of a fold and the integer that its values are multiplied by.</summary>
public readonly record struct FoldInput(BlockFileReader File, long Factor);

/// <summary>
/// Sums K block files, block by block: for each block, add the K encodings into one accumulator that stays in cache,
/// a few files at a time. Exact, so neither the order of the inputs nor the split into blocks changes a bit.
/// One instance serves one thread; its buffers are reused for every block.
/// </summary>
public sealed class BlockFold : IBlockFold
{
    /// <summary>
    /// Files whose blocks are in cache together: their encodings and the sums fit a second-level cache.
    /// </summary>
    private const int Together = 4;

    private readonly IReadOnlyList<FoldInput> _inputs;
    private readonly Group[] _groups;
    private readonly Grid _grid;
    private readonly byte[][] _buffers = new byte[Together][];
    private readonly WeightedBlock[] _blocks = new WeightedBlock[Together];

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
        _groups =
        [
            .. from input in inputs
            group input by CodecOf(input.File) into same
            from some in same.Chunk(Together)
            select new Group(same.Key, some),
        ];
        var most = inputs.Max(input => input.File.MaxBlockBytes);
        for (var i = 0; i < Together; i++)
            _buffers[i] = new byte[most];
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
        ArgumentOutOfRangeException.ThrowIfNotEqual(sums.Length, LengthOf(block));
        sums.Clear();
        for (var g = 0; g < _groups.Length; g++)
        {
            var (codec, inputs) = _groups[g];
            for (var i = 0; i < inputs.Length; i++)
            {
                var (file, factor) = inputs[i];
                _blocks[i] = new WeightedBlock(file.ViewBlock(block, _buffers[i]), factor, Ahead(block, g + 1, i));
            }

            var blocks = _blocks.AsSpan(0, inputs.Length);
            if (codec is not null)
                codec.Accumulate(blocks, _grid, sums);
            else
                AddSums(blocks, sums);
        }
    }

    public IBlockFold Twin() => new BlockFold(_inputs, _grid);

    /// <summary>What comes after this: the next group's bytes, or the first group's in the next block.</summary>
    private ReadOnlyMemory<byte> Ahead(int block, int group, int i)
    {
        if (group == _groups.Length)
        {
            block++;
            group = 0;
        }

        var inputs = _groups[group].Inputs;
        return i < inputs.Length && block < BlockCount ? inputs[i].File.Ahead(block) : default;
    }

    /// <summary>Null for a file of sums.</summary>
    private static IBlockCodec? CodecOf(BlockFileReader file) =>
        file.Header.Kind == BlockFileKind.Sums ? null : BlockCodecs.ById(file.Header.CodecId);

    private static void AddSums(ReadOnlySpan<WeightedBlock> blocks, Span<long> sums)
    {
        foreach (var (encoded, factor, _) in blocks)
        {
            var values = MemoryMarshal.Cast<byte, long>(encoded.Span);
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

    /// <summary>
    /// Inputs of one codec that are added together: sums commute, so files may be taken in any order.
    /// </summary>
    private sealed record Group(IBlockCodec? Codec, FoldInput[] Inputs);
}
