namespace Fed.Core.Codecs;

/// <summary>One encoded block of one update and the integer that its values are multiplied by.</summary>
/// <param name="Weight">0 to 2^31 - 1.</param>
public readonly record struct WeightedBlock(ReadOnlyMemory<byte> Encoded, long Weight);
