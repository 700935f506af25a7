using Fed.Core.Codecs;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Codecs;

/// <summary>What holds of every codec.</summary>
public sealed class EncodingTests
{
    public static TheoryData<string> Settings => new(EncodedBlocks.Settings);

    [Theory]
    [MemberData(nameof(Settings))]
    public void RoundTrip_NeverExceedsTheLargestMagnitude(string codec)
    {
        // Else a delta that was cut to the bound would be refused as beyond it.
        for (var seed = 0; seed < 300; seed++)
        {
            var values = Deltas.Uniform(seed, 1 + seed, MathF.ScaleB(1 + seed / 300f, seed % 60 - 40));
            if (seed % 3 == 0)
                Array.Fill(values, values[0]);
            var largest = values.Max(MathF.Abs);
            Assert.All(
                EncodedBlocks.RoundTrip(codec, values, (ulong)seed), value => Assert.InRange(MathF.Abs(value), 0, largest));
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Encode_Again_OfWhatWasDecoded_KeepsWhatIsExact(string codec)
    {
        var zero = new float[700];
        Assert.All(EncodedBlocks.RoundTrip(codec, zero), value => Assert.Equal(0, value));
        var values = EncodedBlocks.RoundTrip(codec, Deltas.Uniform(4, 700, 1f));
        if (BlockCodecs.ByName(codec) is not ISparseCodec && codec != "sign")
            Assert.Equal(values, EncodedBlocks.RoundTrip(codec, values));
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Encode_SameSeed_GivesTheSameBytes(string codec)
    {
        var values = Deltas.Uniform(9, 8192, 1f);
        Assert.Equal(EncodedBlocks.Encode(codec, values, 7), EncodedBlocks.Encode(codec, values, 7));
    }

    [Theory]
    [InlineData("int8")]
    [InlineData("int4")]
    public void Encode_AnotherSeed_RoundsOtherwise(string codec)
    {
        var values = Deltas.Uniform(9, 8192, 1f);
        Assert.NotEqual(EncodedBlocks.Encode(codec, values, 7), EncodedBlocks.Encode(codec, values, 8));
    }

    [Theory]
    [InlineData("int8", 127)]
    [InlineData("int4", 7)]
    public void Encode_ManySeeds_IsUnbiased(string codec, int levels)
    {
        // QSGD (Alistarh 2017): the mean of the decoded values is the value; one rounding has a variance of scale^2 /
        // 4 at most.
        var values = Deltas.Uniform(2, 64, 1f);
        const int Rounds = 4000;
        var means = new double[values.Length];
        for (ulong seed = 0; seed < Rounds; seed++)
        {
            var decoded = EncodedBlocks.RoundTrip(codec, values, seed);
            for (var i = 0; i < values.Length; i++)
                means[i] += (double)decoded[i] / Rounds;
        }

        var scale = values.Max(MathF.Abs) / levels;
        var sixSigma = 6 * scale / 2 / Math.Sqrt(Rounds);
        Assert.All(values.Zip(means), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, sixSigma));
    }

    [Theory]
    [InlineData("float16", 1 / 2048f)]
    [InlineData("bfloat16", 1 / 256f)]
    public void RoundTrip_HalfFloats_AreWithinHalfAnUlp(string codec, float relative)
    {
        var values = Deltas.Uniform(5, 8192, 4f);
        var cap = values.Max(MathF.Abs);
        Assert.All(values.Zip(EncodedBlocks.RoundTrip(codec, values)), pair =>
        {
            // The largest may be cut to the next value below it: a whole unit.
            var most = MathF.Abs(pair.First) * relative * (MathF.Abs(pair.First) > cap * 0.99f ? 2 : 1);
            Assert.InRange(MathF.Abs(pair.First - pair.Second), 0, most + 6e-8f);
        });
    }

    [Fact]
    public void Float16_BeyondItsRange_IsCutToTheLargest() =>
        Assert.Equal([65504f, -65504f], EncodedBlocks.RoundTrip("float16", [70_000f, -1e9f]));

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(82)]
    [InlineData(8192)]
    public void TopK_TakesExactlyTheLargest(int k)
    {
        var values = Deltas.Uniform(k, 8192, 1f);
        var codec = new TopKCodec(k / 8192.0);
        var buffer = new byte[codec.MaxEncodedLength(8192)];
        var decoded = new float[8192];
        codec.Decode(buffer.AsSpan(0, codec.Encode(values, buffer)), decoded);
        var expected = values.Select((value, i) => (value, i)).OrderByDescending(pair => MathF.Abs(pair.value)).Take(k);
        var sparse = new float[8192];
        foreach (var (value, i) in expected)
            sparse[i] = value;
        Assert.Equal(sparse, decoded);
        // Stich 2018: |x - C(x)|^2 <= (1 - k/d) |x|^2.
        var left = values.Zip(decoded).Sum(pair => Math.Pow((double)pair.First - pair.Second, 2));
        Assert.InRange(left, 0, (1 - k / 8192.0) * values.Sum(value => (double)value * value) * (1 + 1e-12));
    }

    [Theory]
    [InlineData("topk:0.25")]
    [InlineData("ternary:0.25")]
    public void Sparse_EqualMagnitudes_TakesTheEarlierOnes(string codec)
    {
        float[] values = [1f, -1f, 1f, 1f, 0f, -1f, 1f, 1f];
        Assert.Equal([1f, -1f, 0f, 0f, 0f, 0f, 0f, 0f], EncodedBlocks.RoundTrip(codec, values));
    }

    [Fact]
    public void Ternary_Magnitude_IsTheMeanOfThoseSent() =>
        Assert.Equal([0f, -2f, 0f, 2f], EncodedBlocks.RoundTrip("ternary:0.5", [0.1f, -3f, 0.2f, 1f]));

    [Fact]
    public void Sign_Scale_IsTheMeanMagnitudeOfTheGroup()
    {
        // EF-signSGD (Karimireddy 2019): (|p|_1 / d) sign p.
        var values = Enumerable.Range(0, 1024).Select(i => (i < 512 ? 1f : 3f) * (i % 2 == 0 ? 1 : -1)).ToArray();
        values[0] = 3;
        values[2] = 0;
        var decoded = EncodedBlocks.RoundTrip("sign", values);
        var mean = (float)(values.Take(512).Sum(value => (double)MathF.Abs(value)) / 512);
        Assert.Equal(values.Select((value, i) => (value < 0 ? -1 : 1) * (i < 512 ? mean : 3f)), decoded);
    }
}
