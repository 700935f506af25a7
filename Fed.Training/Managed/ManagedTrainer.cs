using Fed.Training.Data;

namespace Fed.Training.Managed;

/// <summary>Minibatch training on one thread, without native code.</summary>
public sealed class ManagedTrainer : ITrainer
{
    private const int EvaluationBatch = 64;

    private readonly ModelSpecification _model;
    private readonly Network _network;
    private readonly float[] _gradient;
    private float[] _inputs = [];
    private int[] _labels = [];

    public ManagedTrainer(ModelSpecification model)
    {
        _model = model;
        _network = new Network(model);
        _gradient = new float[model.Layout.ParameterCount];
    }

    public TrainingResult Train(
        float[] parameters, SampleSet data, TrainingSettings settings, CancellationToken cancellationToken)
    {
        settings.Validate();
        Check(parameters, data);
        var optimizer = new LocalOptimizer(settings, parameters.Length);
        float[] anchor = settings.ProximalMu > 0 ? [.. parameters] : [];
        var order = Enumerable.Range(0, data.Count).ToArray();
        var random = new SplitMix64((ulong)(uint)settings.Seed);
        _network.Reseed(settings.Seed);
        var losses = new double[settings.Epochs];
        var steps = 0L;
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            random.Shuffle(order);
            for (var start = 0; start < order.Length; start += settings.BatchSize, steps++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var batch = order.AsSpan(start, Math.Min(settings.BatchSize, order.Length - start));
                losses[epoch] += Gradient(parameters, data, batch);
                optimizer.Step(parameters, anchor, _gradient);
            }

            losses[epoch] /= data.Count;
        }

        return new TrainingResult(data.Count, steps, losses);
    }

    public EvaluationResult Evaluate(float[] parameters, SampleSet data)
    {
        Check(parameters, data);
        var confusion = new int[_model.Classes, _model.Classes];
        var loss = 0.0;
        var correct = 0;
        for (var start = 0; start < data.Count; start += EvaluationBatch)
        {
            var batch = Math.Min(EvaluationBatch, data.Count - start);
            var labels = data.Labels.AsSpan(start, batch);
            var input = data.Inputs.AsSpan(start * data.SampleLength, batch * data.SampleLength);
            var logits = _network.Forward(parameters, input, batch, training: false);
            loss += SoftmaxLoss.Compute(logits, labels, _model.Classes, []);
            for (var sample = 0; sample < batch; sample++)
            {
                var predicted = ArgMax(logits.Slice(sample * _model.Classes, _model.Classes));
                confusion[labels[sample], predicted]++;
                correct += predicted == labels[sample] ? 1 : 0;
            }
        }

        return new EvaluationResult(data.Count, correct, loss / data.Count, confusion);
    }

    /// <summary>Leaves the mean gradient over the batch in the work space; returns the sum of the losses.</summary>
    internal double Gradient(ReadOnlySpan<float> parameters, SampleSet data, ReadOnlySpan<int> batch)
    {
        if (_labels.Length < batch.Length)
        {
            _labels = new int[batch.Length];
            _inputs = new float[batch.Length * data.SampleLength];
        }

        for (var i = 0; i < batch.Length; i++)
        {
            data.Input(batch[i]).CopyTo(_inputs.AsSpan(i * data.SampleLength));
            _labels[i] = data.Labels[batch[i]];
        }

        var input = _inputs.AsSpan(0, batch.Length * data.SampleLength);
        var logits = _network.Forward(parameters, input, batch.Length, training: true);
        var loss = SoftmaxLoss.Compute(
            logits, _labels.AsSpan(0, batch.Length), _model.Classes, _network.LogitGradient(batch.Length));
        _network.Backward(parameters, input, _gradient, batch.Length);
        return loss;
    }

    /// <summary>The gradient that the last call of <see cref="Gradient"/> left.</summary>
    internal ReadOnlySpan<float> LastGradient => _gradient;

    private void Check(float[] parameters, SampleSet data)
    {
        if (parameters.Length != _model.Layout.ParameterCount)
        {
            throw new ArgumentException(
                $"{parameters.Length} parameters given; model '{_model.Name}' has {_model.Layout.ParameterCount}");
        }

        if (!data.Shape.SequenceEqual(_model.Input) || data.Classes != _model.Classes)
        {
            throw new ArgumentException(
                $"the data have shape [{string.Join(',', data.Shape)}] and {data.Classes} classes; model '{_model.Name}' "
                + $"takes [{string.Join(',', _model.Input)}] and gives {_model.Classes}");
        }

        if (data.Count == 0)
            throw new ArgumentException("there are no samples; give at least one");
    }

    private static int ArgMax(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
                best = i;
        }

        return best;
    }
}
