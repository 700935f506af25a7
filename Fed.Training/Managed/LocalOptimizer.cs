using System.Numerics;
using System.Numerics.Tensors;

namespace Fed.Training.Managed;

/// <summary>
/// SGD with momentum, or Adam, with weight decay and FedProx's proximal term; state of one training call.
/// </summary>
internal sealed class LocalOptimizer(TrainingSettings settings, int count)
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Epsilon = 1e-8f;

    private readonly float[] _first = new float[count];
    private readonly float[] _second = settings.Optimizer == OptimizerKind.Adam ? new float[count] : [];
    private readonly float[] _difference = settings.ProximalMu > 0 ? new float[count] : [];
    private long _steps;

    /// <param name="anchor">The parameters on entry, for the proximal term; empty when mu is 0.</param>
    /// <param name="gradient">Overwritten.</param>
    public void Step(Span<float> parameters, ReadOnlySpan<float> anchor, Span<float> gradient)
    {
        _steps++;
        if (settings.WeightDecay > 0)
            TensorPrimitives.MultiplyAdd(parameters, (float)settings.WeightDecay, gradient, gradient);
        if (settings.ProximalMu > 0)
        {
            TensorPrimitives.Subtract(parameters, anchor, _difference);
            TensorPrimitives.MultiplyAdd(_difference, (float)settings.ProximalMu, gradient, gradient);
        }

        if (settings.Optimizer == OptimizerKind.Adam)
            Adam(parameters, gradient);
        else
            Sgd(parameters, gradient);
    }

    private void Sgd(Span<float> parameters, ReadOnlySpan<float> gradient)
    {
        TensorPrimitives.MultiplyAdd(_first, (float)settings.Momentum, gradient, _first);
        TensorPrimitives.MultiplyAdd(_first, -(float)settings.LearningRate, parameters, parameters);
    }

    // Kingma 2015, Algorithm 1. Element-wise, so that the width of a vector changes no bit.
    private void Adam(Span<float> parameters, ReadOnlySpan<float> gradient)
    {
        var correction1 = (float)(1 - Math.Pow(Beta1, _steps));
        var correction2 = (float)(1 - Math.Pow(Beta2, _steps));
        var rate = (float)settings.LearningRate / correction1;
        var i = 0;
        for (; i <= parameters.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var slope = new Vector<float>(gradient[i..]);
            var first = Beta1 * new Vector<float>(_first, i) + (1 - Beta1) * slope;
            var second = Beta2 * new Vector<float>(_second, i) + (1 - Beta2) * slope * slope;
            first.CopyTo(_first, i);
            second.CopyTo(_second, i);
            var step = rate * first / (Vector.SquareRoot(second / correction2) + new Vector<float>(Epsilon));
            (new Vector<float>(parameters[i..]) - step).CopyTo(parameters[i..]);
        }

        for (; i < parameters.Length; i++)
        {
            _first[i] = Beta1 * _first[i] + (1 - Beta1) * gradient[i];
            _second[i] = Beta2 * _second[i] + (1 - Beta2) * gradient[i] * gradient[i];
            parameters[i] -= rate * _first[i] / (MathF.Sqrt(_second[i] / correction2) + Epsilon);
        }
    }
}
