using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fed.Training.Managed.Kernels;

/// <summary>
/// Takes neighbours in a row apart and puts them together again. A pair of floats is looked at as one 64-bit number, so
/// the portable narrow, widen and shift do what a shuffle would.
/// </summary>
internal static class Pairs
{
    /// <summary>The first, third, ... value of two vectors that follow each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Even(Vector<float> first, Vector<float> second) =>
        Vector.AsVectorSingle(Vector.Narrow(Vector.AsVectorUInt64(first), Vector.AsVectorUInt64(second)));

    /// <summary>The second, fourth, ... value of two vectors that follow each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Odd(Vector<float> first, Vector<float> second) => Vector.AsVectorSingle(Vector.Narrow(
        Vector.ShiftRightLogical(Vector.AsVectorUInt64(first), 32),
        Vector.ShiftRightLogical(Vector.AsVectorUInt64(second), 32)));

    /// <summary>The inverse of <see cref="Even"/> and <see cref="Odd"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Join(Vector<float> even, Vector<float> odd, out Vector<float> first, out Vector<float> second)
    {
        Vector.Widen(Vector.AsVectorUInt32(even), out var evenLow, out var evenHigh);
        Vector.Widen(Vector.AsVectorUInt32(odd), out var oddLow, out var oddHigh);
        first = Vector.AsVectorSingle(evenLow | Vector.ShiftLeft(oddLow, 32));
        second = Vector.AsVectorSingle(evenHigh | Vector.ShiftLeft(oddHigh, 32));
    }
}
