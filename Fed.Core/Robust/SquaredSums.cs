using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fed.Core.Robust;

/// <summary>Exact sums of products of grid integers (|q| at most 2^30) over a tile that stays in the nearest
/// cache.</summary>
public static class SquaredSums
{
    /// <summary>Columns of a tile: 512 squares of at most 2^52 each stay below 2^62.</summary>
    public const int Tile = 512;

    /// <summary>Magnitudes up to this have squares of at most 2^52, of which a tile adds up in 64 bits.</summary>
    private const int Small = 1 << 26;

    public static UInt128 Norm(ReadOnlySpan<int> x) => (UInt128)Product(x, x);

    /// <summary>Sum of x y.</summary>
    public static Int128 Product(ReadOnlySpan<int> x, ReadOnlySpan<int> y)
    {
        if (!Avx2.IsSupported)
            return SlowProduct(x, y);
        var even = Vector256<long>.Zero;
        var odd = Vector256<long>.Zero;
        var reach = Vector256<int>.Zero;
        var i = 0;
        for (; i <= x.Length - 8; i += 8)
        {
            var a = Vector256.Create(x.Slice(i, 8));
            var b = Vector256.Create(y.Slice(i, 8));
            reach |= a ^ Vector256.ShiftRightArithmetic(a, 31);
            reach |= b ^ Vector256.ShiftRightArithmetic(b, 31);
            even += Avx2.Multiply(a, b);
            odd += Avx2.Multiply(
                Vector256.ShiftRightLogical(a.AsInt64(), 32).AsInt32(),
                Vector256.ShiftRightLogical(b.AsInt64(), 32).AsInt32());
        }

        if (Vector256.GreaterThanAny(reach, Vector256.Create(Small - 1)))
            return SlowProduct(x, y);
        return (Int128)Vector256.Sum(even + odd) + SlowProduct(x[i..], y[i..]);
    }

    private static Int128 SlowProduct(ReadOnlySpan<int> x, ReadOnlySpan<int> y)
    {
        Int128 sum = 0;
        for (var i = 0; i < x.Length; i++)
            sum += (long)x[i] * y[i];
        return sum;
    }
}
