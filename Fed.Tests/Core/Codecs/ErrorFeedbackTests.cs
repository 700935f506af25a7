using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Codecs;

public sealed class ErrorFeedbackTests
{
    private const int Dimension = 8192 + 900;

    public static TheoryData<string> Settings => new("topk", "topk:0.2", "sign", "ternary", "ternary:0.05");

    [Theory]
    [MemberData(nameof(Settings))]
    public void Residual_OverManyRounds_Telescopes(string codec)
    {
        // Karimireddy 2019: the sum of what was sent and the last residual is the sum of the deltas.
        var (given, sent) = (new double[Dimension], new double[Dimension]);
        var carried = new float[Dimension];
        for (var round = 0; round < 12; round++)
        {
            var delta = Deltas.Uniform(round, Dimension, 0.01f);
            for (var i = 0; i < Dimension; i++)
            {
                given[i] += delta[i];
                carried[i] += delta[i];
            }

            var decoded = Send(carried, codec);
            for (var i = 0; i < Dimension; i++)
                sent[i] += decoded[i];
        }

        for (var i = 0; i < Dimension; i++)
            Assert.Equal(given[i], sent[i] + carried[i], 1e-6);
        Assert.Contains(carried, value => value != 0);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Residual_OfAConstantDelta_StaysBounded(string codec)
    {
        // Without feedback the small ones would never be sent; with it each coordinate's turn comes.
        var delta = Deltas.Uniform(5, Dimension, 0.01f);
        var carried = new float[Dimension];
        var sent = new double[Dimension];
        const int Rounds = 400;
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < Dimension; i++)
                carried[i] += delta[i];
            var decoded = Send(carried, codec);
            for (var i = 0; i < Dimension; i++)
                sent[i] += decoded[i];
        }

        var cosine = delta.Zip(sent).Sum(pair => pair.First * pair.Second)
            / Math.Sqrt(delta.Sum(value => (double)value * value) * sent.Sum(value => value * value));
        Assert.InRange(cosine, 0.9, 1);
    }

    [Fact]
    public void NeedsErrorFeedback_IsSaidByTheBiasedCodecsOnly() => Assert.Equal(
        ["topk", "sign", "ternary"],
        BlockCodecs.Names.Split(", ").Where(name => BlockCodecs.ByName(name).NeedsErrorFeedback));

    /// <summary>Encodes, leaves the residual in the array, and returns what the server decodes.</summary>
    private static float[] Send(float[] carried, string codec)
    {
        using var stream = new MemoryStream();
        UpdateWriter.WriteLeavingResidual(
            stream, carried, BlockCodecs.ByName(codec), examples: 1, UpdateFiles.Base, UpdateFiles.Layout);
        return UpdateFiles.Decode(stream.ToArray());
    }
}
