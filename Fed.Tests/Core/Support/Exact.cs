using System.Numerics;

namespace Fed.Tests.Core.Support;

/// <summary>
/// The arithmetic of design section 4 in unlimited integers, written without looking at the code under test.
/// </summary>
internal static class Exact
{
    /// <summary>round-half-to-even(value 2^bits), from the bits of the float.</summary>
    public static BigInteger OnGrid(float value, int bits)
    {
        var raw = BitConverter.SingleToUInt32Bits(value);
        var exponent = (int)(raw >> 23 & 0xFF);
        BigInteger mantissa = raw & 0x7F_FFFF;
        if (exponent == 0)
            exponent = 1;
        else
            mantissa += 1 << 23;
        var magnitude = Shift(mantissa, exponent - 150 + bits);
        return raw >> 31 == 1 ? -magnitude : magnitude;
    }

    /// <summary>The double nearest to n / d (normal range), ties to even.</summary>
    public static double Divide(BigInteger n, BigInteger d)
    {
        if (n.IsZero)
            return 0;
        var magnitude = BigInteger.Abs(n);
        var shift = (int)Math.Max(0, 66 - (magnitude.GetBitLength() - d.GetBitLength()));
        var quotient = BigInteger.DivRem(magnitude << shift, d, out var rest);
        if (!rest.IsZero)
            quotient |= 1; // sticky: far below the rounding position, it only breaks ties
        var drop = (int)quotient.GetBitLength() - 53;
        var result = Math.ScaleB((double)(long)Shift(quotient, -drop), drop - shift);
        return n.Sign < 0 ? -result : result;
    }

    /// <summary>value 2^exponent, rounded half to even.</summary>
    private static BigInteger Shift(BigInteger value, int exponent)
    {
        if (exponent >= 0)
            return value << exponent;
        var floor = value >> -exponent;
        var twiceRest = (value - (floor << -exponent)) << 1;
        var comparison = twiceRest.CompareTo(BigInteger.One << -exponent);
        return comparison > 0 || (comparison == 0 && !floor.IsEven) ? floor + 1 : floor;
    }
}
