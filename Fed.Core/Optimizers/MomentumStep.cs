using System.Numerics;

namespace Fed.Core.Optimizers;

/// <summary>FedAvgM (Hsu 2019): m = beta m + D; x += eta m.</summary>
public sealed class MomentumStep : IServerOptimizer
{
    private readonly Rule _rule;

    /// <param name="learningRate">eta, finite, above 0.</param>
    /// <param name="beta">0 to below 1.</param>
    public MomentumStep(double learningRate, double beta) =>
        _rule = new Rule(StepParameters.Rate(learningRate), StepParameters.Decay(beta));

    public int Moments => 1;

    public float InitialSecondMoment => 0;

    public void Step(ReadOnlySpan<double> mean, Span<float> parameters, Span<float> first, Span<float> second) =>
        MomentLoop.Run(_rule, mean, parameters, first, second);

    private readonly struct Rule(double learningRate, double beta) : IMomentRule
    {
        public Vector<double> First(Vector<double> m, Vector<double> d) => beta * m + d;

        public Vector<double> Second(Vector<double> v, Vector<double> d) => v;

        public Vector<double> Next(Vector<double> x, Vector<double> m, Vector<double> v) => x + learningRate * m;
    }
}

/// <summary>
/// The formulas of a server optimiser with moments, in double, element by element. Each is a fixed sequence of IEEE
/// operations, none fused, so the width of a vector cannot change a bit.
/// </summary>
internal interface IMomentRule
{
    /// <summary>The next first moment m from the last and the mean delta D.</summary>
    Vector<double> First(Vector<double> m, Vector<double> d);

    /// <summary>The next second moment v from the last and the mean delta D.</summary>
    Vector<double> Second(Vector<double> v, Vector<double> d);

    /// <summary>The next parameter x from the new moments.</summary>
    Vector<double> Next(Vector<double> x, Vector<double> m, Vector<double> v);
}

/// <summary>
/// Runs a rule over a block. Moments are rounded to float32 before they are used, as they are stored.
/// </summary>
internal static class MomentLoop
{
    /// <param name="second">As long as the block, or empty for a rule without second moments: it sees zeros.</param>
    public static void Run<TRule>(
        TRule rule, ReadOnlySpan<double> mean, Span<float> parameters, Span<float> first, Span<float> second)
        where TRule : struct, IMomentRule
    {
        var width = Vector<float>.Count;
        var none = second.IsEmpty;
        // Stands in for the second moments of a rule that has none.
        Span<float> zeros = stackalloc float[width];
        zeros.Clear();
        var i = 0;
        for (; i <= parameters.Length - width; i += width)
        {
            Step(
                rule,
                mean.Slice(i, width),
                parameters.Slice(i, width),
                first.Slice(i, width),
                none ? zeros : second.Slice(i, width));
        }

        if (i < parameters.Length)
            Rest(rule, mean[i..], parameters[i..], first[i..], none ? second : second[i..]);
    }

    /// <summary>Fewer elements than a vector has, by the same instructions on a padded copy.</summary>
    private static void Rest<TRule>(
        TRule rule, ReadOnlySpan<double> mean, Span<float> parameters, Span<float> first, Span<float> second)
        where TRule : struct, IMomentRule
    {
        var width = Vector<float>.Count;
        Span<double> d = stackalloc double[width];
        Span<float> x = stackalloc float[width];
        Span<float> m = stackalloc float[width];
        Span<float> v = stackalloc float[width];
        d.Clear();
        x.Clear();
        m.Clear();
        v.Clear();
        mean.CopyTo(d);
        parameters.CopyTo(x);
        first.CopyTo(m);
        second.CopyTo(v);
        Step(rule, d, x, m, v);
        x[..parameters.Length].CopyTo(parameters);
        m[..first.Length].CopyTo(first);
        v[..second.Length].CopyTo(second);
    }

    private static void Step<TRule>(TRule rule, ReadOnlySpan<double> mean, Span<float> x, Span<float> m, Span<float> v)
        where TRule : struct, IMomentRule
    {
        var (low, high) = (new Vector<double>(mean), new Vector<double>(mean[Vector<double>.Count..]));
        Vector.Widen(new Vector<float>(m), out var mLow, out var mHigh);
        var moment = Vector.Narrow(rule.First(mLow, low), rule.First(mHigh, high));
        moment.CopyTo(m);
        Vector.Widen(moment, out mLow, out mHigh);
        Vector.Widen(new Vector<float>(v), out var vLow, out var vHigh);
        moment = Vector.Narrow(rule.Second(vLow, low), rule.Second(vHigh, high));
        moment.CopyTo(v);
        Vector.Widen(moment, out vLow, out vHigh);
        Vector.Widen(new Vector<float>(x), out var xLow, out var xHigh);
        Vector.Narrow(rule.Next(xLow, mLow, vLow), rule.Next(xHigh, mHigh, vHigh)).CopyTo(x);
    }
}
