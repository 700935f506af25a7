using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Tests.Core.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Fed.Tests.Core.Properties;

/// <summary>What the convergence proofs ask of codecs, for vectors of any size and scale.</summary>
public sealed class CodecPropertyTests
{
    private static readonly Gen<(string Codec, int Length, int Scale, int Seed)> Rounded =
        from codec in Gen.Elements("int8", "int4")
        from length in Gen.Choose(1, 90)
        from scale in Gen.Choose(-20, 0)
        from seed in Gen.Choose(1, 1_000_000)
        select (codec, length, scale, seed);

    private static readonly Gen<(string Codec, int Length, int Rounds, int Seed)> Biased =
        from codec in Gen.Elements("topk", "topk:0.2", "sign", "ternary", "ternary:0.05")
        from length in Gen.OneOf(Gen.Choose(1, 300), Gen.Elements(8191, 8192, 8193, 9000))
        from rounds in Gen.Choose(1, 8)
        from seed in Gen.Choose(1, 1_000_000)
        select (codec, length, rounds, seed);

    [Fact]
    public void StochasticRounding_AnyVector_IsUnbiased() => Cases.Hold(31, 60, Rounded, @case =>
    {
        // QSGD (Alistarh 2017), lemma 3.1: E[Q(v)] = v. The step is the width between two levels, so one draw's error
        // has a standard deviation of at most half of it; the mean of N lies within 6 of theirs, 3 steps / sqrt(N).
        const int Draws = 400;
        var vector = Deltas.Uniform(@case.Seed, @case.Length, MathF.ScaleB(1, @case.Scale));
        var codec = BlockCodecs.ByName(@case.Codec);
        var encoded = new byte[codec.MaxEncodedLength(vector.Length)];
        var decoded = new float[vector.Length];
        var sums = new double[vector.Length];
        for (var draw = 0; draw < Draws; draw++)
        {
            var bytes = codec.Encode(vector, encoded, (ulong)(@case.Seed + 7919 * draw));
            codec.Decode(encoded.AsSpan(0, bytes), decoded);
            for (var i = 0; i < sums.Length; i++)
                sums[i] += decoded[i];
        }

        var levels = @case.Codec == "int8" ? 127 : 7;
        var step = vector.Max(MathF.Abs) / levels;
        for (var i = 0; i < sums.Length; i++)
            Assert.InRange(sums[i] / Draws - vector[i], -3.1 * step / Math.Sqrt(Draws), 3.1 * step / Math.Sqrt(Draws));
    });

    [Fact]
    public void ErrorFeedback_AnyRounds_Telescopes() => Cases.Hold(32, 100, Biased, @case =>
    {
        // Karimireddy 2019: what was sent and the last residual together are the sum of the deltas.
        var (given, sent) = (new double[@case.Length], new double[@case.Length]);
        var carried = new float[@case.Length];
        for (var round = 0; round < @case.Rounds; round++)
        {
            var delta = Deltas.Uniform(@case.Seed + round, @case.Length, 0.01f);
            for (var i = 0; i < delta.Length; i++)
            {
                given[i] += delta[i];
                carried[i] += delta[i];
            }

            using var stream = new MemoryStream();
            UpdateWriter.WriteLeavingResidual(
                stream, carried, BlockCodecs.ByName(@case.Codec), examples: 1, UpdateFiles.Base, UpdateFiles.Layout);
            var decoded = UpdateFiles.Decode(stream.ToArray());
            for (var i = 0; i < delta.Length; i++)
                sent[i] += decoded[i];
        }

        // Float32 rounds what is carried, each round by at most 2^-24 of its magnitude.
        for (var i = 0; i < given.Length; i++)
            Assert.Equal(given[i], sent[i] + carried[i], 1e-6);
    });

    [Fact]
    public void TopK_AnyVector_LeavesAtMostItsShareOfTheNorm()
    {
        var cases = from density in Gen.Elements(0.01, 0.1, 0.5)
                    from length in Gen.Choose(1, 3000)
                    from seed in Gen.Choose(1, 1_000_000)
                    select (density, length, seed);
        Cases.Hold(33, 100, cases, @case =>
        {
            // oracles: |x - C(x)|^2 <= (1 - k/d) |x|^2 (Stich 2018), k at least 1.
            var vector = Deltas.Uniform(@case.seed, @case.length, 0.01f);
            var setting = FormattableString.Invariant($"topk:{@case.density}");
            var left = vector.Zip(UpdateFiles.Decode(UpdateFiles.Build(vector, setting)), (x, y) => (double)x - y);
            var kept = Math.Max(1, Math.Floor(@case.density * @case.length));
            var bound = (1 - kept / @case.length) * vector.Sum(x => (double)x * x);
            Assert.InRange(left.Sum(x => x * x), 0, bound * (1 + 1e-6) + 1e-12);
        });
    }
}
