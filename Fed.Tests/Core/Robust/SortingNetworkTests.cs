using Fed.Core.Robust;

namespace Fed.Tests.Core.Robust;

public sealed class SortingNetworkTests
{
    /// <summary>A network that sorts all sequences of 0 and 1 sorts everything (Knuth 5.3.4, theorem Z).</summary>
    [Fact]
    public void Full_EveryZeroOneSequence_IsSorted()
    {
        for (var n = 1; n <= 12; n++)
        {
            var network = SortingNetwork.Full(n);
            for (var bits = 0; bits < 1 << n; bits++)
                Assert.Equal(Bits(n, bits).Order(), Run(network, Bits(n, bits)));
        }
    }

    [Fact]
    public void Middle_EveryZeroOneSequence_HoldsTheMiddleRanks()
    {
        for (var n = 1; n <= 9; n++)
        {
            for (var k = 0; 2 * k < n; k++)
            {
                var network = SortingNetwork.Middle(n, k, n - 2 * k);
                for (var bits = 0; bits < 1 << n; bits++)
                {
                    var sorted = Bits(n, bits).Order().ToArray();
                    Assert.Equal(sorted[k..^k].Sum(), Run(network, Bits(n, bits))[k..^k].Sum());
                }
            }
        }
    }

    [Fact]
    public void Middle_OfTwenty_NeedsFewerComparisons() =>
        Assert.True(SortingNetwork.Middle(20, 9, 2).Length < SortingNetwork.Full(20).Length);

    private static int[] Bits(int n, int bits) => [.. Enumerable.Range(0, n).Select(i => bits >> i & 1)];

    private static int[] Run((int Low, int High)[] network, int[] values)
    {
        foreach (var (low, high) in network)
        {
            if (values[low] > values[high])
                (values[low], values[high]) = (values[high], values[low]);
        }

        return values;
    }
}
