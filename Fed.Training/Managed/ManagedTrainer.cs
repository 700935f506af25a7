namespace Fed.Training.Managed;

/// <summary>
/// Minibatch training on one thread, without native code. A minibatch is walked in chunks whose gradients are summed,
/// so that the work space stays small, and in cache, however large the batch.
/// </summary>
public sealed class ManagedTrainer : ITrainer
{
    private const int Chunk = 32;

    private readonly ModelSpecification _model;
    private readonly Network _network;
    private readonly float[] _gradient;
    private readonly int[] _labels = new int[Chunk];
    private float[] _inputs = [];

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
        TrainerChecks.Require(_model, parameters, data);
        TrainerChecks.RequireCorrection(settings, parameters);
        var optimizer = new LocalOptimizer(settings, parameters.Length);
        // The caller's vector stays as it was until all went well, and is FedProx's anchor.
        var trained = parameters.AsSpan().ToArray();
        var order = new SampleOrder(data.Count, settings);
        _network.Reseed(settings.Seed);
        var losses = new double[settings.Epochs];
        var steps = 0L;
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            order.Shuffle();
            for (var start = 0; start < data.Count; start += settings.BatchSize, steps++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var loss = Gradient(trained, data, order.Batch(start));
                TrainerChecks.RequireFinite(loss, epoch, steps, settings);
                losses[epoch] += loss;
                optimizer.Step(trained, parameters, _gradient);
            }

            losses[epoch] /= data.Count;
        }

        TrainerChecks.RequireFinite(trained, steps, settings);
        trained.CopyTo(parameters, 0);
        return new TrainingResult(data.Count, steps, losses);
    }

    public EvaluationResult Evaluate(float[] parameters, SampleSet data)
    {
        TrainerChecks.Require(_model, parameters, data);
        var tally = new EvaluationTally(_model.Classes);
        for (var start = 0; start < data.Count; start += Chunk)
        {
            var count = Math.Min(Chunk, data.Count - start);
            var labels = data.Labels.AsSpan(start, count);
            var input = data.Inputs.AsSpan(start * data.SampleLength, count * data.SampleLength);
            var logits = _network.Forward(parameters, input, count, training: false);
            tally.Add(logits, labels, SoftmaxLoss.Compute(logits, labels, _model.Classes, [], count));
        }

        return tally.Result();
    }

    /// <summary>
    /// Leaves the mean gradient over the batch in <see cref="LastGradient"/>; returns the sum of the losses.
    /// </summary>
    internal double Gradient(ReadOnlySpan<float> parameters, SampleSet data, ReadOnlySpan<int> batch)
    {
        Array.Clear(_gradient);
        var loss = 0.0;
        for (var start = 0; start < batch.Length; start += Chunk)
        {
            var part = batch.Slice(start, Math.Min(Chunk, batch.Length - start));
            var input = Load(data, part);
            var logits = _network.Forward(parameters, input, part.Length, training: true);
            var gradient = _network.LogitGradient(part.Length);
            loss += SoftmaxLoss.Compute(
                logits, _labels.AsSpan(0, part.Length), _model.Classes, gradient, batch.Length);
            _network.Backward(parameters, input, _gradient, part.Length);
        }

        return loss;
    }

    /// <summary>The gradient that the last call of <see cref="Gradient"/> left.</summary>
    internal ReadOnlySpan<float> LastGradient => _gradient;

    private Span<float> Load(SampleSet data, ReadOnlySpan<int> samples)
    {
        var length = data.SampleLength;
        if (_inputs.Length < samples.Length * length)
            _inputs = new float[samples.Length * length];
        for (var i = 0; i < samples.Length; i++)
        {
            data.Input(samples[i]).CopyTo(_inputs.AsSpan(i * length));
            _labels[i] = data.Labels[samples[i]];
        }

        return _inputs.AsSpan(0, samples.Length * length);
    }
}

/// <summary>Softmax followed by cross-entropy, in nats, computed with the largest logit subtracted.</summary>
internal static class SoftmaxLoss
{
    /// <param name="logits">batch x classes.</param>
    /// <param name="labels">One class per sample.</param>
    /// <param name="gradient">
    /// batch x classes: overwritten with (softmax - one-hot) / divisor; empty to skip it.
    /// </param>
    /// <param name="divisor">Examples in the whole minibatch, of which these may be a part.</param>
    /// <returns>The sum over the batch.</returns>
    public static double Compute(
        ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classes, Span<float> gradient, int divisor)
    {
        var loss = 0.0;
        for (var sample = 0; sample < labels.Length; sample++)
        {
            var row = logits.Slice(sample * classes, classes);
            var largest = float.NegativeInfinity;
            foreach (var logit in row)
                largest = Math.Max(largest, logit);
            var sum = 0.0;
            foreach (var logit in row)
                sum += Math.Exp(logit - largest);
            loss += Math.Log(sum) + largest - row[labels[sample]];
            if (gradient.IsEmpty)
                continue;
            var target = gradient.Slice(sample * classes, classes);
            for (var i = 0; i < classes; i++)
            {
                var probability = Math.Exp(row[i] - largest) / sum;
                target[i] = (float)((probability - (i == labels[sample] ? 1 : 0)) / divisor);
            }
        }

        return loss;
    }
}
