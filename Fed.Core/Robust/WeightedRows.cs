using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fed.Core.Robust;

/// <summary>Sum of factor_i row_i, exact: for partial aggregates, which a plain fold would count by their W.</summary>
internal static class WeightedRows
{
    /// <param name="factors">One a row, 0 to 2^31 - 1, at most 2^32 together.</param>
    /// <param name="sums">As long as a row.</param>
    public static void Sum(GridRows rows, ReadOnlySpan<long> factors, Span<long> sums)
    {
        sums.Clear();
        for (var k = 0; k < factors.Length; k++)
        {
            if (factors[k] == 0)
                continue;
            var row = rows.Row(k);
            var i = 0;
            if (Avx2.IsSupported)
            {
                var factor = Vector256.Create(factors[k]).AsInt32();
                for (; i <= row.Length - 8; i += 8)
                {
                    var (low, high) = Vector256.Widen(Vector256.Create(row.Slice(i, 8)));
                    var lower = sums.Slice(i, 4);
                    (Vector256.Create<long>(lower) + Avx2.Multiply(low.AsInt32(), factor)).CopyTo(lower);
                    var upper = sums.Slice(i + 4, 4);
                    (Vector256.Create<long>(upper) + Avx2.Multiply(high.AsInt32(), factor)).CopyTo(upper);
                }
            }

            for (; i < row.Length; i++)
                sums[i] += factors[k] * row[i];
        }
    }
}
