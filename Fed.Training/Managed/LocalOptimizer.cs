using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fed.Training.Managed;

/// <summary>
/// SGD with momentum, or Adam, with weight decay, FedProx's proximal term and a constant correction; state of one
/// training call.
/// </summary>
internal sealed class LocalOptimizer(TrainingSettings settings, int count)
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Epsilon = 1e-8f;

    private readonly float[] _first = new float[count];
    private readonly float[] _second = settings.Optimizer == OptimizerKind.Adam ? new float[count] : [];
    private long _steps;

    /// <param name="anchor">The parameters on entry, for the proximal term.</param>
    /// <param name="gradient">Overwritten.</param>
    public void Step(Span<float> parameters, ReadOnlySpan<float> anchor, Span<float> gradient)
    {
        _steps++;
        if (settings.WeightDecay > 0 || settings.ProximalMu > 0)
            AddPenalties(parameters, anchor, gradient);
        if (!settings.Correction.IsEmpty)
            Correct(gradient);
        if (settings.Optimizer == OptimizerKind.Adam)
            Adam(parameters, gradient);
        else
            Sgd(parameters, gradient);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddPenalties(ReadOnlySpan<float> parameters, ReadOnlySpan<float> anchor, Span<float> gradient)
    {
        var (decay, mu) = ((float)settings.WeightDecay, (float)settings.ProximalMu);
        for (var i = 0; i < gradient.Length; i++)
            gradient[i] += decay * parameters[i] + mu * (parameters[i] - anchor[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Correct(Span<float> gradient)
    {
        var correction = settings.Correction.Span;
        for (var i = 0; i < gradient.Length; i++)
            gradient[i] += correction[i];
    }

    // Plain vector loops: TensorPrimitives compiles its generic kernels for about 0.1 s in each process, and there are
    // many short ones.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sgd(Span<float> parameters, ReadOnlySpan<float> gradient)
    {
        var (momentum, rate) = ((float)settings.Momentum, (float)settings.LearningRate);
        var velocity = _first.AsSpan();
        var i = 0;
        for (; i <= velocity.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var v = new Vector<float>(velocity[i..]) * momentum + new Vector<float>(gradient[i..]);
            v.CopyTo(velocity[i..]);
            (new Vector<float>(parameters[i..]) - v * rate).CopyTo(parameters[i..]);
        }

        for (; i < velocity.Length; i++)
        {
            velocity[i] = velocity[i] * momentum + gradient[i];
            parameters[i] -= velocity[i] * rate;
        }
    }

    // Kingma 2015, Algorithm 1.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Adam(Span<float> parameters, ReadOnlySpan<float> gradient)
    {
        var rate = (float)(settings.LearningRate / (1 - Math.Pow(Beta1, _steps)));
        var scale = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, _steps)));
        var epsilon = new Vector<float>(Epsilon);
        var first = _first.AsSpan();
        var second = _second.AsSpan();
        var i = 0;
        for (; i <= parameters.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var g = new Vector<float>(gradient[i..]);
            var m = new Vector<float>(first[i..]) * Beta1 + g * (1 - Beta1);
            var v = new Vector<float>(second[i..]) * Beta2 + g * g * (1 - Beta2);
            m.CopyTo(first[i..]);
            v.CopyTo(second[i..]);
            (new Vector<float>(parameters[i..]) - m * rate / (Vector.SquareRoot(v) * scale + epsilon))
                .CopyTo(parameters[i..]);
        }

        for (; i < parameters.Length; i++)
        {
            first[i] = first[i] * Beta1 + gradient[i] * (1 - Beta1);
            second[i] = second[i] * Beta2 + gradient[i] * gradient[i] * (1 - Beta2);
            parameters[i] -= first[i] * rate / (MathF.Sqrt(second[i]) * scale + Epsilon);
        }
    }
}
