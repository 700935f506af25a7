using System.Runtime.CompilerServices;
using Fed.Training;

namespace Fed.Bench.Training;

/// <summary>
/// The products of one training step by triple loops, and nothing else of it: less than any naive trainer would have
/// to do.
/// </summary>
internal static class NaiveStep
{
    /// <summary>An action that does the products of <paramref name="batch"/> samples.</summary>
    public static Action Of(ModelSpecification model, int batch)
    {
        var layers = Enumerable.Range(0, model.Layers.Count)
            .Select(i => Products(model.Layers[i], model.Shapes[i], model.Shapes[i + 1], batch, first: i == 0))
            .OfType<Action>().ToArray();
        return () => Array.ForEach(layers, layer => layer());
    }

    private static Action? Products(
        LayerSpecification layer,
        IReadOnlyList<int> input,
        IReadOnlyList<int> output,
        int batch,
        bool first) => layer switch
        {
            Conv2dSpecification conv => Three(
                conv.Filters, output[1] * output[2], input[0] * conv.Kernel * conv.Kernel, batch, first),
            DenseSpecification dense => Three(
                dense.Units, batch, input.Aggregate(1, (product, side) => product * side), 1, first),
            _ => null,
        };

    /// <summary>
    /// Output, weight gradient and, but for the first layer, input gradient of Y [m, n] = W [m, k] X [k, n].
    /// </summary>
    private static Action Three(int m, int n, int k, int times, bool first)
    {
        var (weights, inputs, outputs) = (new float[m * k], new float[k * n], new float[m * n]);
        return () =>
        {
            for (var i = 0; i < times; i++)
            {
                NaiveProduct.Add(weights, k, 1, inputs, n, 1, outputs, m, n, k);
                NaiveProduct.Add(outputs, n, 1, inputs, 1, n, weights, m, k, n);
                if (!first)
                    NaiveProduct.Add(weights, 1, k, outputs, n, 1, inputs, k, n, m);
            }
        };
    }
}

/// <summary>The three products as plain triple loops, row by row: the yardstick.</summary>
internal static class NaiveProduct
{
    /// <summary>
    /// C [m, n] += A B, where A's element (i, p) stands at i rowA + p innerA and B's (p, j) at p innerB + j columnB.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(
        float[] a, int rowA, int innerA, float[] b, int innerB, int columnB, float[] c, int m, int n, int k)
    {
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = 0f;
                for (var p = 0; p < k; p++)
                    sum += a[i * rowA + p * innerA] * b[p * innerB + j * columnB];
                c[i * n + j] += sum;
            }
        }
    }
}
