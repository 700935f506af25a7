using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fed.Core.Optimizers;

/// <summary>Turns a mean delta into a step on the model (Reddi 2021, Algorithm 2). Element-wise, in double.</summary>
public interface IServerOptimizer
{
    /// <summary>Moment vectors that it keeps between versions: 0, 1 (first) or 2 (first and second).</summary>
    int Moments { get; }

    /// <summary>What the second moment starts from.</summary>
    float InitialSecondMoment { get; }

    /// <param name="mean">The mean delta of the block.</param>
    /// <param name="parameters">The block of the model, changed in place.</param>
    /// <param name="first">First moments, changed in place; empty unless <see cref="Moments"/> is 1 or 2.</param>
    /// <param name="second">Second moments, changed in place; empty unless <see cref="Moments"/> is 2.</param>
    void Step(ReadOnlySpan<double> mean, Span<float> parameters, Span<float> first, Span<float> second);
}

/// <summary>Server optimisers by the name that settings use.</summary>
public static class ServerOptimizers
{
    public const string Kinds = "none, momentum, adagrad, adam or yogi";

    /// <exception cref="ArgumentException">Unknown kind, or a parameter out of range.</exception>
    public static IServerOptimizer Create(string kind, double learningRate, double beta1, double beta2, double tau) =>
        kind switch
        {
            "none" => new PlainStep(learningRate),
            "momentum" => new MomentumStep(learningRate, beta1),
            "adagrad" => AdaptiveStep.Adagrad(learningRate, beta1, tau),
            "adam" => AdaptiveStep.Adam(learningRate, beta1, beta2, tau),
            "yogi" => AdaptiveStep.Yogi(learningRate, beta1, beta2, tau),
            _ => throw new ArgumentException($"optimizer kind '{kind}' is not known; use {Kinds}"),
        };
}

/// <summary>x += eta D: FedAvg for eta = 1 (McMahan 2017), FedAsync's mixing for eta = alpha (Xie 2019).</summary>
public sealed class PlainStep : IServerOptimizer
{
    private readonly double _learningRate;

    /// <param name="learningRate">eta, finite, above 0.</param>
    public PlainStep(double learningRate) => _learningRate = StepParameters.Rate(learningRate);

    public int Moments => 0;

    public float InitialSecondMoment => 0;

    public void Step(ReadOnlySpan<double> mean, Span<float> parameters, Span<float> first, Span<float> second)
    {
        var i = 0;
        for (; i <= parameters.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var x = parameters.Slice(i, Vector<float>.Count);
            Vector.Widen(new Vector<float>(x), out var low, out var high);
            low += _learningRate * new Vector<double>(mean[i..]);
            high += _learningRate * new Vector<double>(mean[(i + Vector<double>.Count)..]);
            Vector.Narrow(low, high).CopyTo(x);
        }

        for (; i < parameters.Length; i++)
            parameters[i] = (float)(parameters[i] + _learningRate * mean[i]);
    }
}

/// <summary>Ranges of what server optimisers are made with; NaN is in none of them.</summary>
internal static class StepParameters
{
    private const double LargestTau = 1e9;

    /// <exception cref="ArgumentOutOfRangeException">Not a finite number above 0.</exception>
    public static double Rate(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value > 0 && double.IsFinite(value) ? value : throw Outside(name, value, "a finite number above 0");

    /// <exception cref="ArgumentOutOfRangeException">Not 0 to below 1.</exception>
    public static double Decay(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value is >= 0 and < 1 ? value : throw Outside(name, value, "0 to below 1");

    /// <exception cref="ArgumentOutOfRangeException">Not above 0 and at most 1e9.</exception>
    public static double Floor(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value is > 0 and <= LargestTau ? value : throw Outside(name, value, $"above 0, at most {LargestTau:0e0}");

    private static ArgumentOutOfRangeException Outside(string? name, double value, string range) =>
        new(name, value, $"the server optimiser's {name} is {value}; it must be {range}");
}
