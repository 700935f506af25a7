using Fed.Core;
using Fed.Training.Managed;

namespace Fed.Tests.Training;

public sealed class MatrixProductTests
{
    private delegate void Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int n, int k);

    /// <summary>Every size 1 to 33 for each side, beside sampled others, and a few sizes of real layers.</summary>
    public static TheoryData<string> Kinds() => ["plain", "left", "right"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Product_AllSizesUpTo33_AddsWhatTheNaiveProductGives(string kind)
    {
        foreach (var (m, n, k) in Sizes())
            Check(kind, m, n, k);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Product_ShortMatrix_IsRefused(string kind)
    {
        var (product, _, _) = Of(kind, 3, 5, 7);

        var error = Assert.Throws<ArgumentException>(
            () => product(new float[20], new float[35], new float[15], 3, 5, 7));

        Assert.Contains("too short", error.Message);
    }

    private static IEnumerable<(int M, int N, int K)> Sizes()
    {
        var random = new SplitMix64(11);
        for (var size = 1; size <= 33; size++)
        {
            for (var sample = 0; sample < 12; sample++)
            {
                var (one, other) = (random.Next(33) + 1, random.Next(33) + 1);
                yield return (size, one, other);
                yield return (one, size, other);
                yield return (one, other, size);
            }
        }

        yield return (16, 576, 27);
        yield return (32, 144, 144);
        yield return (5, 100, 54);
        yield return (64, 7, 1_152);
    }

    private static void Check(string kind, int m, int n, int k)
    {
        var (product, leftAt, rightAt) = Of(kind, m, n, k);
        var a = TestData.Uniform(m * k, 1);
        var b = TestData.Uniform(n * k, 2);
        var start = TestData.Uniform(m * n + 1, 3);
        var c = (float[])start.Clone();

        product(a, b, c, m, n, k);

        for (var i = 0; i < m * n; i++)
        {
            var (expected, magnitude) = ((double)start[i], 1.0);
            for (var p = 0; p < k; p++)
            {
                var term = (double)a[leftAt(i / n, p)] * b[rightAt(p, i % n)];
                expected += term;
                magnitude += Math.Abs(term);
            }

            Assert.True(
                Math.Abs(expected - c[i]) <= 1e-6 * magnitude,
                $"{kind} {m} x {n} x {k}, element {i}: {c[i]} instead of {expected}");
        }

        Assert.Equal(start[^1], c[^1]);
    }

    private static (Product Product, Func<int, int, int> LeftAt, Func<int, int, int> RightAt) Of(
        string kind, int m, int n, int k) => kind switch
        {
            "plain" => (MatrixProduct.Add, (i, p) => i * k + p, (p, j) => p * n + j),
            "left" => (MatrixProduct.AddTransposedLeft, (i, p) => p * m + i, (p, j) => p * n + j),
            _ => (MatrixProduct.AddTransposedRight, (i, p) => i * k + p, (p, j) => j * k + p),
        };
}
