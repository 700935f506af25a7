using Fed.Core.Blocks;

namespace Fed.Core.Aggregation;

/// <summary>One file of a fold and the integer that its values are multiplied by.</summary>
public readonly record struct FoldInput(BlockFileReader File, long Factor);
