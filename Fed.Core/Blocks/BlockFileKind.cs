namespace Fed.Core.Blocks;

/// <summary>What the blocks of a file hold. Values are part of the format.</summary>
public enum BlockFileKind : ushort
{
    /// <summary>A participant's delta, encoded by a codec. The index stands before the blocks.</summary>
    Update = 1,

    /// <summary>
    /// A partial aggregate's int64 sums. The index stands after the blocks: it is written in one pass.
    /// </summary>
    Sums = 2,
}
