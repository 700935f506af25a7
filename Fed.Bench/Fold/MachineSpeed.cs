using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fed.Bench.Fold;

/// <summary>What this machine's memory gives in plain loops: the yardsticks of a fold.</summary>
internal sealed class MachineSpeed(int dimension)
{
    private readonly float[] _x = Filled(dimension, 1e-3f);
    private readonly float[] _y = Filled(dimension, 1f);
    private readonly long[] _folded = new long[64];

    public long Bytes => (long)dimension * sizeof(float);

    /// <summary>Every byte of x once.</summary>
    public void Read(int threads) => Threads.Run(threads, thread =>
    {
        var words = MemoryMarshal.Cast<float, long>(Part(_x, threads, thread));
        ref var first = ref MemoryMarshal.GetReference(words);
        var (a, b, c, d) = (Vector256<long>.Zero, Vector256<long>.Zero, Vector256<long>.Zero, Vector256<long>.Zero);
        nuint i = 0;
        for (; i + 16 <= (nuint)words.Length; i += 16)
        {
            a ^= Vector256.LoadUnsafe(ref first, i);
            b ^= Vector256.LoadUnsafe(ref first, i + 4);
            c ^= Vector256.LoadUnsafe(ref first, i + 8);
            d ^= Vector256.LoadUnsafe(ref first, i + 12);
        }

        _folded[thread] = Vector256.Sum(a ^ b ^ c ^ d);
    });

    /// <summary>y += a x.</summary>
    public void Axpy(int threads) => Threads.Run(threads, thread =>
    {
        var y = Part(_y, threads, thread);
        TensorPrimitives.MultiplyAdd(Part(_x, threads, thread), 0.5f, y, y);
    });

    private static Span<float> Part(float[] values, int threads, int thread)
    {
        var from = (int)((long)values.Length * thread / threads);
        return values.AsSpan(from, (int)((long)values.Length * (thread + 1) / threads) - from);
    }

    private static float[] Filled(int length, float value)
    {
        var values = new float[length];
        Array.Fill(values, value);
        return values;
    }
}
