using Fed.Core.Aggregation;
using Fed.Core.Codecs;

namespace Fed.Core.Blocks;

/// <summary>What a federation accepts as an update.</summary>
/// <param name="Dimension">Length of the flat vector.</param>
/// <param name="LayoutHash">SHA-256 (lower-case hex) of the model's layout.</param>
/// <param name="Codec">The codec that the federation has chosen, as its setting names it.</param>
/// <param name="Grid">Bound of every value.</param>
public sealed record UpdateExpectation(long Dimension, string LayoutHash, string Codec, Grid Grid)
{
    public int BlockCount => BlockFileHeader.BlocksOf(Dimension, BlockFileHeader.StandardBlockLength);

    /// <summary>Nothing longer can be valid.</summary>
    public long MaxBytes =>
        BlockFileHeader.Size
        + (long)BlockCount * BlockFileHeader.IndexEntrySize
        + BlockCodecs.ByName(Codec).MaxTotalLength(BlockCount, BlockFileHeader.StandardBlockLength);
}
