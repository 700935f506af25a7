using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Fed.Core.Robust;

namespace Fed.Bench.Kernels.Suite;

/// <summary>Inner products of all pairs of twenty updates over a block, which give all squared distances.</summary>
public class InnerProductsOfUpdates
{
    private readonly GridRows _rows = UpdateBlocks.Rows(UpdateBlocks.Inputs());
    private readonly Geometry _geometry =
        new(UpdateBlocks.Count, BlockInputs.Grid.Step, GeometryNeeds.Distances);

    private readonly double[][] _doubles;

    public InnerProductsOfUpdates() => _doubles =
    [
        .. Enumerable.Range(0, UpdateBlocks.Count)
            .Select(i => Array.ConvertAll(_rows.Row(i).ToArray(), q => (double)q)),
    ];

    internal double[] Products { get; } = new double[UpdateBlocks.Count * UpdateBlocks.Count];

    /// <summary>Of values that are doubles already.</summary>
    [Benchmark(Baseline = true)]
    public void ScalarLoop()
    {
        for (var i = 0; i < UpdateBlocks.Count; i++)
        {
            for (var j = i; j < UpdateBlocks.Count; j++)
            {
                var (x, y) = (_doubles[i], _doubles[j]);
                var sum = 0.0;
                for (var column = 0; column < x.Length; column++)
                    sum += x[column] * y[column];
                Products[i * UpdateBlocks.Count + j] += sum;
            }
        }
    }

    /// <summary>Of values that are doubles already.</summary>
    [Benchmark]
    public void TensorPrimitivesDot()
    {
        for (var i = 0; i < UpdateBlocks.Count; i++)
        {
            for (var j = i; j < UpdateBlocks.Count; j++)
                Products[i * UpdateBlocks.Count + j] += TensorPrimitives.Dot<double>(_doubles[i], _doubles[j]);
        }
    }

    /// <summary>Converts, proves that nothing is rounded, and adds.</summary>
    [Benchmark]
    public void ExactTiles() => _geometry.Add(_rows);

    /// <summary>The products of <see cref="ExactTiles"/>, once no more are to come: n rows by n columns.</summary>
    internal Int128[] Complete()
    {
        _geometry.Complete();
        return
        [
            .. from i in Enumerable.Range(0, UpdateBlocks.Count)
               from j in Enumerable.Range(0, UpdateBlocks.Count)
               select _geometry.Product(i, j),
        ];
    }
}
