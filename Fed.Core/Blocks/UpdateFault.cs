namespace Fed.Core.Blocks;

/// <summary>What is wrong with an update file.</summary>
public enum UpdateFault
{
    TooLarge,
    Truncated,
    Malformed,
    LayoutMismatch,
    CodecNotAllowed,
    ChecksumMismatch,
    NotFinite,
    BeyondBound,
}
