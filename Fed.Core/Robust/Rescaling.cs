using System.Numerics;

namespace Fed.Core.Robust;

/// <summary>
/// Turns an aggregate, a numerator and one divisor, into the sums S of a partial aggregate of weight W, so that S / W
/// is the aggregate and every later tier and audit treats it as any other.
/// </summary>
internal static class Rescaling
{
    /// <summary>
    /// S = N W / divisor in place. In integers where W is a multiple of the divisor; else in double and rounded once,
    /// half to even: element by element, hence the same on every machine, to one part in 2^52.
    /// </summary>
    /// <param name="largest">No |S| exceeds it.</param>
    public static void Apply(Span<long> values, long weight, double divisor, long largest)
    {
        if (divisor <= weight && weight % divisor == 0)
        {
            var times = (long)(weight / divisor);
            var most = largest / times;
            var i = 0;
            for (; i <= values.Length - Vector<long>.Count; i += Vector<long>.Count)
            {
                var some = values.Slice(i, Vector<long>.Count);
                var bounded = Vector.Min(Vector.Max(new Vector<long>(some), new Vector<long>(-most)), new(most));
                (bounded * times).CopyTo(some);
            }

            for (; i < values.Length; i++)
                values[i] = Math.Clamp(values[i], -most, most) * times;
            return;
        }

        var ratio = weight / divisor;
        var limit = Math.BitDecrement((double)long.MaxValue);
        for (var i = 0; i < values.Length; i++)
        {
            var value = Math.Clamp(Math.Round(values[i] * ratio, MidpointRounding.ToEven), -limit, limit);
            values[i] = Math.Clamp((long)value, -largest, largest);
        }
    }
}
