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
