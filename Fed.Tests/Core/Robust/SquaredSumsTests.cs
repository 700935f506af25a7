using System.Numerics;
using Fed.Core.Robust;

namespace Fed.Tests.Core.Robust;

public sealed class SquaredSumsTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(1 << 25)]
    [InlineData(1 << 26)]
    [InlineData((1 << 26) + 1)]
    [InlineData(1 << 30)]
    public void Sums_AnyMagnitude_AreExact(int magnitude)
    {
        var random = new Random(magnitude);
        foreach (var length in new[] { 1, 7, 8, 9, 511, 512 })
        {
            int[] Draw() => [.. Enumerable.Range(0, length).Select(_ =>
                random.Next(3) == 0 ? magnitude * (random.Next(2) * 2 - 1) : random.Next(-magnitude, magnitude))];
            var (x, y) = (Draw(), Draw());
            Assert.Equal(Sum(x, y, (a, b) => a * b), (BigInteger)SquaredSums.Product(x, y));
            Assert.Equal(Sum(x, x, (a, b) => a * b), (BigInteger)SquaredSums.Norm(x));
        }
    }

    private static BigInteger Sum(int[] x, int[] y, Func<BigInteger, BigInteger, BigInteger> term) =>
        x.Zip(y, (a, b) => term(a, b)).Aggregate(BigInteger.Zero, BigInteger.Add);
}
