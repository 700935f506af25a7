using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fed.Core.Robust;

/// <summary>Runs a reduction over the columns of some rows, eight columns at a time; allocates nothing a
/// block.</summary>
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
