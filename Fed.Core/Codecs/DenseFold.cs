using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fed.Core.Aggregation;

namespace Fed.Core.Codecs;

/// <summary>
/// sums += factor x round-half-to-even(value 2^f) from the encoded bytes of a fixed-rate codec. Four blocks go
/// together: their products meet in registers, so that the sums are read and written once for the four.
/// </summary>
internal static class DenseFold<TFormat>
    where TFormat : struct, IDenseFormat
{
    private const int Together = 4;

    public static void Add(ReadOnlySpan<WeightedBlock> blocks, Grid grid, Span<long> sums)
    {
        foreach (var block in blocks)
            Check(block, sums.Length);
        var i = 0;
        for (; i <= blocks.Length - Together; i += Together)
            AddFour(blocks.Slice(i, Together), grid.Scale, sums);
        for (; i < blocks.Length; i++)
            AddOne(blocks[i], grid.Scale, sums);
    }

    private static void Check(WeightedBlock block, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(block.Factor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(block.Factor, int.MaxValue);
        if (block.Encoded.Length != TFormat.BytesOf(count))
        {
            throw new InvalidDataException(
                $"a block of {count} values has {TFormat.BytesOf(count)} bytes, not {block.Encoded.Length}");
        }
    }

    private static void AddFour(ReadOnlySpan<WeightedBlock> blocks, float gridScale, Span<long> sums)
    {
        ref readonly var a = ref First(blocks[0]);
        ref readonly var b = ref First(blocks[1]);
        ref readonly var c = ref First(blocks[2]);
        ref readonly var d = ref First(blocks[3]);
        var groups = Avx2.IsSupported ? sums.Length / TFormat.GroupLength : 0;
        if (groups > 0)
        {
            ref readonly var aheadA = ref blocks[0].FirstAhead;
            ref readonly var aheadB = ref blocks[1].FirstAhead;
            ref readonly var aheadC = ref blocks[2].FirstAhead;
            ref readonly var aheadD = ref blocks[3].FirstAhead;
            var factorA = Factor(blocks[0]);
            var factorB = Factor(blocks[1]);
            var factorC = Factor(blocks[2]);
            var factorD = Factor(blocks[3]);
            ref var target = ref MemoryMarshal.GetReference(sums);
            for (var group = 0; group < groups; group++)
            {
                ref readonly var groupA = ref At(in a, group);
                ref readonly var groupB = ref At(in b, group);
                ref readonly var groupC = ref At(in c, group);
                ref readonly var groupD = ref At(in d, group);
                var scaleA = Vector256.Create(TFormat.Scale(in groupA) * gridScale);
                var scaleB = Vector256.Create(TFormat.Scale(in groupB) * gridScale);
                var scaleC = Vector256.Create(TFormat.Scale(in groupC) * gridScale);
                var scaleD = Vector256.Create(TFormat.Scale(in groupD) * gridScale);
                // What is ahead is asked for line by line: a core drops much of what it is asked for in a burst.
                for (var start = 0; start < TFormat.GroupLength; start += TFormat.LineLength)
                {
                    var at = group * TFormat.GroupBytes + start * 64 / TFormat.LineLength;
                    WeightedBlock.Prefetch(in Unsafe.Add(ref Unsafe.AsRef(in aheadA), at));
                    WeightedBlock.Prefetch(in Unsafe.Add(ref Unsafe.AsRef(in aheadB), at));
                    WeightedBlock.Prefetch(in Unsafe.Add(ref Unsafe.AsRef(in aheadC), at));
                    WeightedBlock.Prefetch(in Unsafe.Add(ref Unsafe.AsRef(in aheadD), at));
                    for (var i = start; i < start + TFormat.LineLength; i += 8)
                    {
                        var even = Vector256<long>.Zero;
                        var odd = Vector256<long>.Zero;
                        Multiply(TFormat.Load(in groupA, i) * scaleA, factorA, ref even, ref odd);
                        Multiply(TFormat.Load(in groupB, i) * scaleB, factorB, ref even, ref odd);
                        Multiply(TFormat.Load(in groupC, i) * scaleC, factorC, ref even, ref odd);
                        Multiply(TFormat.Load(in groupD, i) * scaleD, factorD, ref even, ref odd);
                        Store(even, odd, ref Unsafe.Add(ref target, group * TFormat.GroupLength + i));
                    }
                }
            }
        }

        foreach (var block in blocks)
            AddRest(block, groups, gridScale, sums);
    }

    private static void AddOne(WeightedBlock block, float gridScale, Span<long> sums)
    {
        var groups = Avx2.IsSupported ? sums.Length / TFormat.GroupLength : 0;
        ref readonly var first = ref First(block);
        ref var target = ref MemoryMarshal.GetReference(sums);
        var factor = Factor(block);
        for (var group = 0; group < groups; group++)
        {
            ref readonly var bytes = ref At(in first, group);
            var scale = Vector256.Create(TFormat.Scale(in bytes) * gridScale);
            for (var i = 0; i < TFormat.GroupLength; i += 8)
            {
                var even = Vector256<long>.Zero;
                var odd = Vector256<long>.Zero;
                Multiply(TFormat.Load(in bytes, i) * scale, factor, ref even, ref odd);
                Store(even, odd, ref Unsafe.Add(ref target, group * TFormat.GroupLength + i));
            }
        }

        AddRest(block, groups, gridScale, sums);
    }

    /// <summary>
    /// The groups after the first <paramref name="groups"/>, value by value: a short last one, or all of them.
    /// </summary>
    private static void AddRest(WeightedBlock block, int groups, float gridScale, Span<long> sums)
    {
        ref readonly var first = ref First(block);
        for (var start = groups * TFormat.GroupLength; start < sums.Length; start += TFormat.GroupLength)
        {
            ref readonly var group = ref At(in first, start / TFormat.GroupLength);
            var scale = TFormat.Scale(in group) * gridScale;
            var length = Math.Min(TFormat.GroupLength, sums.Length - start);
            for (var i = 0; i < length; i++)
            {
                var q = (long)MathF.Round(TFormat.LoadOne(in group, i) * scale, MidpointRounding.ToEven);
                sums[start + i] += block.Factor * q;
            }
        }
    }

    /// <summary>
    /// vcvtps2dq rounds half to even; vpmuldq multiplies the 32-bit integers in even places to 64 bits: both exact.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(
        Vector256<float> scaled, Vector256<int> factor, ref Vector256<long> even, ref Vector256<long> odd)
    {
        var q = Avx.ConvertToVector256Int32(scaled);
        even += Avx2.Multiply(q, factor);
        odd += Avx2.Multiply((q.AsUInt64() >> 32).AsInt32(), factor);
    }

    /// <summary>Adds even and odd places to eight sums in their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<long> even, Vector256<long> odd, ref long target)
    {
        var low = Avx2.UnpackLow(even, odd);
        var high = Avx2.UnpackHigh(even, odd);
        var first = Avx2.Permute2x128(low, high, 0x20) + Vector256.LoadUnsafe(ref target);
        var second = Avx2.Permute2x128(low, high, 0x31) + Vector256.LoadUnsafe(ref target, 4);
        first.StoreUnsafe(ref target);
        second.StoreUnsafe(ref target, 4);
    }

    private static Vector256<int> Factor(WeightedBlock block) => Vector256.Create(block.Factor).AsInt32();

    private static ref readonly byte First(WeightedBlock block) =>
        ref MemoryMarshal.GetReference(block.Encoded.Span);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref readonly byte At(ref readonly byte first, int group) =>
        ref Unsafe.Add(ref Unsafe.AsRef(in first), group * TFormat.GroupBytes);
}

/// <summary>
/// Where the values of a fixed-rate codec stand in a block, for <see cref="DenseFold{TFormat}"/>, which the JIT
/// compiles once for each format. A value is scale x raw.
/// </summary>
internal interface IDenseFormat
{
    /// <summary>Values that share a scale; a multiple of 8. The last group of a block may be shorter.</summary>
    static abstract int GroupLength { get; }

    /// <summary>Bytes of a full group.</summary>
    static abstract int GroupBytes { get; }

    /// <summary>
    /// Values of a cache line of 64 bytes, about: a divisor of the group's length, and a multiple of 8.
    /// </summary>
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

/// <summary>What every fixed-rate codec checks first.</summary>
internal static class DenseChecks
{
    /// <exception cref="InvalidDataException">Another length than that many values have.</exception>
    public static void RequireLength(string codec, ReadOnlySpan<byte> encoded, int count, int expected)
    {
        if (encoded.Length == expected)
            return;
        var article = codec.StartsWith('i') ? "an" : "a";
        throw new InvalidDataException(
            $"{article} {codec} block of {count} values has {expected} bytes, not {encoded.Length}");
    }

    /// <exception cref="InvalidDataException">A scale that is not finite, or negative.</exception>
    public static void RequireScale(string codec, float scale)
    {
        if (!(scale >= 0) || !float.IsFinite(scale))
        {
            var article = codec.StartsWith('i') ? "an" : "a";
            throw new InvalidDataException($"{article} {codec} scale is {scale}; scales are finite and not negative");
        }
    }
}
