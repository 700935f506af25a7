using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fed.Core.Robust;

/// <summary>
/// Exact inner products of all pairs of K rows of grid integers, each row with itself too. A tile of columns at a time
/// stands as doubles in the nearest cache, and eight pairs share their loads. Whole numbers up to 2^53 are exact in
/// double: sums move to 128 bits before they could pass that, and a tile of magnitudes too large for it is added by
/// <see cref="SquaredSums"/>. One instance serves one thread.
/// </summary>
public sealed class InnerProducts
{
    /// <summary>Columns of a tile.</summary>
    public const int Tile = 128;

    private const double Exact = 1L << 53;
    private const int Lanes = 4;

    /// <summary>Doubles of a cache line.</summary>
    private const int LineLength = 8;

    /// <summary>Rows by rows of a block of pairs: as many sums as fit the registers.</summary>
    private const int High = 2, Wide = 4;

    /// <summary>K rows from <see cref="_start"/> on, where a cache line begins: a vector must not lie in two. An array
    /// that is pinned stays there.</summary>
    private readonly double[] _tile;
    private readonly int _start;
    private readonly int _count;
    private readonly Vector256<double>[] _sums;
    private readonly Int128[] _products;
    private double _reached;

    /// <param name="count">K.</param>
    public InnerProducts(int count)
    {
        _count = count;
        var padded = (count + Wide - 1) / Wide * Wide;
        _tile = GC.AllocateArray<double>(padded * Tile + LineLength, pinned: true);
        _start = StartOf(_tile);
        _sums = new Vector256<double>[padded * padded];
        _products = new Int128[count * count];
    }

    /// <summary>Adds the products over some columns.</summary>
    /// <param name="rows">K rows, |q| at most 2^30.</param>
    /// <param name="stride">Distance between the starts of two rows.</param>
    /// <param name="first">First column.</param>
    /// <param name="length">Columns, 1 to <see cref="Tile"/>.</param>
    public void Add(ReadOnlySpan<int> rows, int stride, int first, int length)
    {
        var reach = 0;
        for (var k = 0; k < _count; k++)
            reach |= Convert(rows.Slice(k * stride + first, length), _tile.AsSpan(_start + k * Tile, Tile));
        // No |q| is above 2^bits, and a lane adds up so many products.
        var bits = 32 - BitOperations.LeadingZeroCount((uint)reach);
        var most = Math.ScaleB(Tile / Lanes, 2 * bits);
        if (most > Exact)
        {
            AddLarge(rows, stride, first, length);
            return;
        }

        if (_reached + most > Exact)
            Flush();
        _reached += most;
        ref var sums = ref _sums[0];
        for (var i = 0; i < _count; i += High)
        {
            for (var j = i / Wide * Wide; j < _count; j += Wide)
            {
                AddEight(ref _tile[_start + i * Tile], ref _tile[_start + j * Tile], ref sums);
                sums = ref Unsafe.Add(ref sums, High * Wide);
            }
        }
    }

    /// <summary>Adds the sums to a K x K matrix, row i, column j at least i, and starts anew.</summary>
    public void MoveTo(Span<Int128> products)
    {
        Flush();
        for (var i = 0; i < products.Length; i++)
            products[i] += _products[i];
        Array.Clear(_products);
    }

    private static unsafe int StartOf(double[] pinned)
    {
        var address = (nuint)Unsafe.AsPointer(ref pinned[0]);
        return (int)((nuint)LineLength - address / sizeof(double) % LineLength) % LineLength;
    }

    /// <returns>Bits of |q|, or of |q| - 1 where q is negative, all together.</returns>
    private static int Convert(ReadOnlySpan<int> row, Span<double> tile)
    {
        var reach = 0;
        var i = 0;
        if (Avx.IsSupported)
        {
            ref var from = ref MemoryMarshal.GetReference(row);
            ref var to = ref MemoryMarshal.GetReference(tile);
            var reaches = Vector256<int>.Zero;
            for (; i <= row.Length - 2 * Lanes; i += 2 * Lanes)
            {
                var q = Vector256.LoadUnsafe(ref from, (nuint)i);
                reaches |= q ^ (q >> 31);
                Avx.ConvertToVector256Double(q.GetLower()).StoreUnsafe(ref to, (nuint)i);
                Avx.ConvertToVector256Double(q.GetUpper()).StoreUnsafe(ref to, (nuint)(i + Lanes));
            }

            var halves = reaches.GetLower() | reaches.GetUpper();
            reach = halves[0] | halves[1] | halves[2] | halves[3];
        }

        for (; i < row.Length; i++)
        {
            reach |= row[i] ^ (row[i] >> 31);
            tile[i] = row[i];
        }

        tile[i..].Clear();
        return reach;
    }

    /// <summary>Rows x and x + 1 with rows y to y + 3. Fused or not is one here: nothing is rounded.</summary>
    private static void AddEight(ref double x, ref double y, ref Vector256<double> sums)
    {
        var a0 = sums;
        var a1 = Unsafe.Add(ref sums, 1);
        var a2 = Unsafe.Add(ref sums, 2);
        var a3 = Unsafe.Add(ref sums, 3);
        var b0 = Unsafe.Add(ref sums, 4);
        var b1 = Unsafe.Add(ref sums, 5);
        var b2 = Unsafe.Add(ref sums, 6);
        var b3 = Unsafe.Add(ref sums, 7);
        for (nuint i = 0; i < Tile; i += Lanes)
        {
            var a = Vector256.LoadUnsafe(ref x, i);
            var b = Vector256.LoadUnsafe(ref x, i + Tile);
            var y0 = Vector256.LoadUnsafe(ref y, i);
            a0 = Vector256.MultiplyAddEstimate(a, y0, a0);
            b0 = Vector256.MultiplyAddEstimate(b, y0, b0);
            var y1 = Vector256.LoadUnsafe(ref y, i + Tile);
            a1 = Vector256.MultiplyAddEstimate(a, y1, a1);
            b1 = Vector256.MultiplyAddEstimate(b, y1, b1);
            var y2 = Vector256.LoadUnsafe(ref y, i + 2 * Tile);
            a2 = Vector256.MultiplyAddEstimate(a, y2, a2);
            b2 = Vector256.MultiplyAddEstimate(b, y2, b2);
            var y3 = Vector256.LoadUnsafe(ref y, i + 3 * Tile);
            a3 = Vector256.MultiplyAddEstimate(a, y3, a3);
            b3 = Vector256.MultiplyAddEstimate(b, y3, b3);
        }

        sums = a0;
        Unsafe.Add(ref sums, 1) = a1;
        Unsafe.Add(ref sums, 2) = a2;
        Unsafe.Add(ref sums, 3) = a3;
        Unsafe.Add(ref sums, 4) = b0;
        Unsafe.Add(ref sums, 5) = b1;
        Unsafe.Add(ref sums, 6) = b2;
        Unsafe.Add(ref sums, 7) = b3;
    }

    private void AddLarge(ReadOnlySpan<int> rows, int stride, int first, int length)
    {
        for (var i = 0; i < _count; i++)
        {
            var x = rows.Slice(i * stride + first, length);
            for (var j = i; j < _count; j++)
                _products[i * _count + j] += SquaredSums.Product(x, rows.Slice(j * stride + first, length));
        }
    }

    /// <summary>Sums in double to those of 128 bits. Blocks reach over the last row and below the diagonal.</summary>
    private void Flush()
    {
        var at = 0;
        for (var i = 0; i < _count; i += High)
        {
            for (var j = i / Wide * Wide; j < _count; j += Wide)
            {
                for (var pair = 0; pair < High * Wide; pair++, at++)
                {
                    var (row, column) = (i + pair / Wide, j + pair % Wide);
                    for (var lane = 0; lane < Lanes && row <= column && column < _count; lane++)
                        _products[row * _count + column] += (long)_sums[at][lane];
                }
            }
        }

        Array.Clear(_sums);
        _reached = 0;
    }
}

/// <summary>
/// Exact sums of products of grid integers (|q| at most 2^30) over a tile that stays in the nearest cache.
/// </summary>
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
