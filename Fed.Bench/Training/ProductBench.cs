using Fed.Training.Managed;

namespace Fed.Bench.Training;

/// <param name="Kind">plain: A B; left: A^T B; right: A B^T.</param>
/// <param name="M">Rows of the product.</param>
/// <param name="N">Columns of the product.</param>
/// <param name="K">Inner dimension.</param>
/// <param name="Gflops">10^9 operations a second of processor time; a multiplication and an addition are two.</param>
/// <param name="NaiveGflops">The same by a triple loop, in the same run.</param>
internal sealed record ProductFigure(string Kind, int M, int N, int K, double Gflops, double NaiveGflops)
{
    public double Ratio => Gflops / NaiveGflops;
}

/// <summary>The matrix products at the sizes of small convolutions and dense layers.</summary>
internal static class ProductBench
{
    private static readonly (string Kind, int M, int N, int K)[] Sizes =
    [
        ("plain", 16, 64, 126), ("right", 16, 126, 64),
        ("plain", 16, 576, 36), ("right", 16, 36, 576),
        ("plain", 32, 144, 144), ("left", 144, 144, 32), ("right", 32, 144, 144),
        ("plain", 32, 100, 144), ("left", 144, 100, 32), ("right", 32, 144, 100),
        ("right", 32, 64, 1_152), ("left", 64, 1_152, 32), ("plain", 32, 1_152, 64),
    ];

    public static IEnumerable<ProductFigure> Run(double budget)
    {
        foreach (var (kind, m, n, k) in Sizes)
        {
            var (a, b, c) = (new float[m * k], new float[n * k], new float[m * n]);
            Action ours = kind switch
            {
                "plain" => () => MatrixProduct.Add(a, b, c, m, n, k),
                "left" => () => MatrixProduct.AddTransposedLeft(a, b, c, m, n, k),
                _ => () => MatrixProduct.AddTransposedRight(a, b, c, m, n, k),
            };
            Action naive = kind switch
            {
                "plain" => () => NaiveProduct.Add(a, k, 1, b, n, 1, c, m, n, k),
                "left" => () => NaiveProduct.Add(a, 1, m, b, n, 1, c, m, n, k),
                _ => () => NaiveProduct.Add(a, k, 1, b, 1, k, c, m, n, k),
            };
            var operations = 2e-9 * m * n * k;
            yield return new ProductFigure(
                kind, m, n, k, operations / Measure.Best(ours, budget), operations / Measure.Best(naive, budget));
        }
    }
}
