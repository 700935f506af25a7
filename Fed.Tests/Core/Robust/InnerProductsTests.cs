using System.Numerics;
using Fed.Core.Robust;

namespace Fed.Tests.Core.Robust;

public sealed class InnerProductsTests
{
    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 1 << 20)]
    [InlineData(5, 1 << 23)]
    [InlineData(7, 1 << 24)]
    [InlineData(8, (1 << 24) + 1)]
    [InlineData(20, 1 << 30)]
    public void Add_AnyMagnitudeAndNumberOfRows_IsExact(int rows, int magnitude)
    {
        const int columns = 20 * InnerProducts.Tile + 5;
        const int stride = columns + 3;
        var random = new Random(rows);
        // Full magnitudes of one sign make the largest sums; the first columns are small, so both ways are taken.
        var values = Enumerable.Range(0, rows * stride).Select(i => random.Next(3) switch
        {
            0 => magnitude,
            1 => -magnitude,
            _ => random.Next(-magnitude, magnitude),
        } >> (i % stride < columns / 2 ? 8 : 0)).ToArray();
        Array.Fill(values, magnitude, 0, stride);
        var products = new InnerProducts(rows);
        for (var first = 0; first < columns; first += InnerProducts.Tile)
            products.Add(values, stride, first, Math.Min(InnerProducts.Tile, columns - first));
        var sums = new Int128[rows * rows];
        products.MoveTo(sums);

        for (var i = 0; i < rows; i++)
        {
            for (var j = i; j < rows; j++)
            {
                var expected = BigInteger.Zero;
                for (var column = 0; column < columns; column++)
                    expected += (BigInteger)values[i * stride + column] * values[j * stride + column];
                Assert.Equal(expected, (BigInteger)sums[i * rows + j]);
            }
        }
    }
}
