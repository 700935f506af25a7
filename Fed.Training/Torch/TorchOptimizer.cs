using static TorchSharp.torch;

namespace Fed.Training.Torch;

/// <summary>
/// The managed trainer's optimisers (<see cref="Managed.LocalOptimizer"/>) on whole vectors; state of one training
/// call, to be made and used within the call's dispose scope.
/// </summary>
internal abstract class TorchOptimizer(TorchParameters parameters, TrainingSettings settings)
{
    private readonly Tensor _anchor = parameters.Values.clone();
    private readonly Tensor? _correction =
        settings.Correction.IsEmpty ? null : tensor(settings.Correction.ToArray());

    protected TorchParameters Parameters { get; } = parameters;

    protected TrainingSettings Settings { get; } = settings;

    public static TorchOptimizer Create(TorchParameters parameters, TrainingSettings settings) =>
        settings.Optimizer == OptimizerKind.Adam
            ? new Adam(parameters, settings)
            : new Sgd(parameters, settings);

    /// <summary>Before the first <c>backward()</c> of a step.</summary>
    public abstract void Begin();

    /// <summary>After the last one.</summary>
    public void Step()
    {
        var gradient = Parameters.Gradient;
        if (Settings.WeightDecay > 0)
            gradient.Add(Parameters.Values, Settings.WeightDecay);
        if (Settings.ProximalMu > 0)
            gradient.Add(Parameters.Values - _anchor, Settings.ProximalMu);
        if (_correction is not null)
            gradient.Add(_correction, 1);
        Move();
    }

    protected abstract void Move();

    /// <summary>
    /// v = m v + g in place of g: <c>backward()</c> adds its gradient to the velocity itself, which makes a step two
    /// passes over the parameters.
    /// </summary>
    private sealed class Sgd(TorchParameters parameters, TrainingSettings settings)
        : TorchOptimizer(parameters, settings)
    {
        public override void Begin()
        {
            // Not times 0: that would keep what is not finite.
            if (Settings.Momentum > 0)
                Parameters.Gradient.Scale(Settings.Momentum);
            else
                Parameters.Gradient.zero_();
        }

        protected override void Move() => Parameters.Values.Add(Parameters.Gradient, -Settings.LearningRate);
    }

    /// <summary>Kingma 2015, Algorithm 1.</summary>
    private sealed class Adam(TorchParameters parameters, TrainingSettings settings)
        : TorchOptimizer(parameters, settings)
    {
        private const double Beta1 = 0.9;
        private const double Beta2 = 0.999;
        private const double Epsilon = 1e-8;

        private readonly Tensor _first = zeros_like(parameters.Values);
        private readonly Tensor _second = zeros_like(parameters.Values);
        private long _steps;

        public override void Begin() => Parameters.Gradient.zero_();

        protected override void Move()
        {
            _steps++;
            var gradient = Parameters.Gradient;
            _first.Scale(Beta1).Add(gradient, 1 - Beta1);
            _second.Scale(Beta2).AddProduct(gradient, gradient, 1 - Beta2);
            var scale = 1 / Math.Sqrt(1 - Math.Pow(Beta2, _steps));
            var rate = Settings.LearningRate / (1 - Math.Pow(Beta1, _steps));
            Parameters.Values.AddQuotient(_first, _second.sqrt().Scale(scale).Add(Epsilon), -rate);
        }
    }
}
