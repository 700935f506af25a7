using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fed.Core.Robust;

/// <summary>Makes one number a column out of a column's values, for eight columns at once.</summary>
internal interface IColumnReduction
{
    /// <summary>Comparisons that prepare the columns.</summary>
    ReadOnlySpan<(int Low, int High)> Network { get; }

    /// <summary>What <see cref="Reduce"/> is to be divided by.</summary>
    int Denominator { get; }

    /// <summary>The numerators.</summary>
    /// <param name="columns">A vector a rank, one column a lane, after the network.</param>
    (Vector256<long> Lower, Vector256<long> Upper) Reduce(ReadOnlySpan<Vector256<int>> columns);
}

/// <summary>
/// The sum of what is left when the k smallest and the k largest of n values are dropped. With the largest k,
/// (n-1)/2, one or two values are left: the median, twice where n is even.
/// </summary>
internal sealed class MiddleSum(int n, int k) : IColumnReduction
{
    private readonly (int, int)[] _network = SortingNetwork.Middle(n, k, n - 2 * k);

    public ReadOnlySpan<(int Low, int High)> Network => _network;

    public int Denominator => n - 2 * k;

    public (Vector256<long> Lower, Vector256<long> Upper) Reduce(ReadOnlySpan<Vector256<int>> columns)
    {
        var lower = Vector256<long>.Zero;
        var upper = Vector256<long>.Zero;
        foreach (var rank in columns.Slice(k, n - 2 * k))
        {
            lower += Vector256.WidenLower(rank);
            upper += Vector256.WidenUpper(rank);
        }

        return (lower, upper);
    }
}

/// <summary>
/// The sum of the <paramref name="kept"/> values of a column that are nearest to its median; of two at one distance
/// on either side, the smaller.
/// </summary>
/// <param name="n">Values of a column.</param>
internal sealed class NearestToMedian(int n, int kept) : IColumnReduction
{
    private readonly (int, int)[] _network = SortingNetwork.Full(n);

    public ReadOnlySpan<(int Low, int High)> Network => _network;

    public int Denominator => kept;

    public (Vector256<long> Lower, Vector256<long> Upper) Reduce(ReadOnlySpan<Vector256<int>> columns) => (
        Half(columns, upper: false), Half(columns, upper: true));

    /// <summary>
    /// Of sorted values, the nearest are neighbours: their window moves up while the value above it is nearer to the
    /// median than its own first, that is while first + above &lt; twice the median.
    /// </summary>
    private Vector256<long> Half(ReadOnlySpan<Vector256<int>> columns, bool upper)
    {
        var sum = Vector256<long>.Zero;
        for (var i = 0; i < kept; i++)
            sum += Widen(columns[i], upper);
        var median = Widen(columns[(n - 1) / 2], upper) + Widen(columns[n / 2], upper);
        for (var i = 0; i < n - kept; i++)
        {
            var first = Widen(columns[i], upper);
            var above = Widen(columns[i + kept], upper);
            sum += Vector256.GreaterThan(median, first + above) & (above - first);
        }

        return sum;
    }

    private static Vector256<long> Widen(Vector256<int> values, bool upper) =>
        upper ? Vector256.WidenUpper(values) : Vector256.WidenLower(values);
}

/// <summary>
/// Runs a reduction over the columns of some rows, eight columns at a time; allocates nothing a block.
/// </summary>
internal sealed class ColumnKernel
{
    private const int Lanes = 8;

    private readonly int[] _members;
    private readonly IColumnReduction _reduction;
    private readonly Vector256<int>[] _columns;

    /// <param name="members">Rows that take part, in any order.</param>
    public ColumnKernel(int[] members, IColumnReduction reduction)
    {
        _members = members;
        _reduction = reduction;
        _columns = new Vector256<int>[members.Length];
    }

    /// <summary>Numerators of a block, one a column.</summary>
    public void Run(GridRows rows, Span<long> numerators)
    {
        var i = 0;
        for (; i <= rows.Length - Lanes; i += Lanes)
        {
            for (var m = 0; m < _members.Length; m++)
                _columns[m] = Vector256.Create(rows.All.Slice(_members[m] * rows.Stride + i, Lanes));
            Reduce(numerators[i..]);
        }

        if (i == rows.Length)
            return;
        Span<int> rest = stackalloc int[Lanes];
        Span<long> results = stackalloc long[Lanes];
        for (var m = 0; m < _members.Length; m++)
        {
            rows.Row(_members[m])[i..].CopyTo(rest);
            _columns[m] = Vector256.Create<int>(rest);
        }

        Reduce(results);
        results[..(rows.Length - i)].CopyTo(numerators[i..]);
    }

    private void Reduce(Span<long> numerators)
    {
        ref var first = ref MemoryMarshal.GetArrayDataReference(_columns);
        foreach (var (low, high) in _reduction.Network)
        {
            // Places of a network are below the number of columns, by construction.
            ref var a = ref Unsafe.Add(ref first, low);
            ref var b = ref Unsafe.Add(ref first, high);
            var (x, y) = (a, b);
            a = Vector256.Min(x, y);
            b = Vector256.Max(x, y);
        }

        var (lower, upper) = _reduction.Reduce(_columns);
        lower.CopyTo(numerators);
        upper.CopyTo(numerators[4..]);
    }
}
