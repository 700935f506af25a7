using System.Runtime.Intrinsics;

namespace Fed.Core.Robust;

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
