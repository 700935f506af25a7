using System.Runtime.Intrinsics;

namespace Fed.Core.Robust;

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
