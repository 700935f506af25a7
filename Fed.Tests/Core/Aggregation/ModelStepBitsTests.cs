using Fed.Core.Aggregation;
using Fed.Core.Optimizers;

namespace Fed.Tests.Core.Aggregation;

/// <summary>The vectorised mean and plain step against scalar arithmetic, bit for bit.</summary>
public sealed class ModelStepBitsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(0.3)]
    public void Apply_SumsOfEverySize_HasTheBitsOfTheScalarFormula(double eta)
    {
        var random = new Random(6);
        for (var length = 1; length < 200; length++)
        {
            // From a few bits to all 63, of both signs: sums beyond 2^53 are rounded when they become doubles.
            var sums = Enumerable.Range(0, length).Select(_ => random.NextInt64(long.MinValue, long.MaxValue)
                >> random.Next(64)).ToArray();
            var parameters = sums.Select(_ => random.NextSingle() - 0.5f).ToArray();
            var weight = random.NextInt64(1, 1L << 40);
            var divisor = (double)weight * (1 << 22);
            var expected = parameters.Zip(sums, (x, sum) => (float)(x + eta * (sum / divisor))).ToArray();
            new ModelStep(new Grid(22, 8f), weight, new PlainStep(eta), 8192).Apply(sums, parameters, [], []);
            Assert.Equal(expected, parameters);
        }
    }
}
