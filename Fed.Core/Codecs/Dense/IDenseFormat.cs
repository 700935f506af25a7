using System.Runtime.Intrinsics;

namespace Fed.Core.Codecs.Dense;

/// <summary>
/// Where the values of a fixed-rate codec stand in a block, for <see cref="DenseFold{TFormat}"/>, which the JIT
/// compiles
/// once for each format. A value is scale x raw.
/// </summary>
internal interface IDenseFormat
{
    /// <summary>Values that share a scale; a multiple of 8. The last group of a block may be shorter.</summary>
    static abstract int GroupLength { get; }

    /// <summary>Bytes of a full group.</summary>
    static abstract int GroupBytes { get; }

    /// <summary>Values of a cache line of 64 bytes, about: a divisor of the group's length, and a multiple of
    /// 8.</summary>
    static abstract int LineLength { get; }

    /// <summary>Bytes of a block.</summary>
    static abstract int BytesOf(int count);

    /// <summary>The scale of the group that starts here; 1 where there is none.</summary>
    static abstract float Scale(ref readonly byte group);

    /// <summary>Raw values i to i + 7 of a group; called where AVX2 is supported only.</summary>
    static abstract Vector256<float> Load(ref readonly byte group, int i);

    /// <summary>Raw value i of a group.</summary>
    static abstract float LoadOne(ref readonly byte group, int i);
}
