using Fed.Training.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Fed.Training.Torch;

/// <summary>
/// Minibatch training by libtorch: the same layout, order of samples, dropout and settings as the managed trainer, but
/// other rounding. libtorch uses as many threads as there are cores; the environment variable OMP_NUM_THREADS sets
/// fewer.
/// </summary>
public sealed class TorchTrainer(ModelSpecification model) : ITrainer
{
    private const int Chunk = 256;

    private readonly TorchNetwork _network = new(model);

    public TrainingResult Train(
        float[] parameters, SampleSet data, TrainingSettings settings, CancellationToken cancellationToken)
    {
        settings.Validate();
        TrainerChecks.Require(model, parameters, data);
        TrainerChecks.RequireCorrection(settings, parameters);
        using var scope = NewDisposeScope();
        var flat = new Parameter(tensor(parameters));
        var anchor = flat.detach().clone();
        var correction = settings.Correction.IsEmpty ? null : tensor(settings.Correction.ToArray());
        using var optimizer = Optimizer(flat, settings);
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
                using var step = NewDisposeScope();
                var loss = Gradient(flat, data, order.Batch(start));
                TrainerChecks.RequireFinite(loss, epoch, steps, settings);
                losses[epoch] += loss;
                if (settings.ProximalMu > 0)
                    flat.grad!.add_(flat.detach() - anchor, settings.ProximalMu);
                if (correction is not null)
                    flat.grad!.add_(correction);
                optimizer.step();
            }

            losses[epoch] /= data.Count;
        }

        var trained = flat.detach().data<float>().ToArray();
        TrainerChecks.RequireFinite(trained, steps, settings);
        trained.CopyTo(parameters, 0);
        return new TrainingResult(data.Count, steps, losses);
    }

    public EvaluationResult Evaluate(float[] parameters, SampleSet data)
    {
        TrainerChecks.Require(model, parameters, data);
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var flat = tensor(parameters);
        var tally = new EvaluationTally(model.Classes);
        foreach (var samples in Enumerable.Range(0, data.Count).Chunk(Chunk))
        {
            using var step = NewDisposeScope();
            var part = data.Select(samples);
            var logits = _network.Forward(flat, part.Inputs, part.Count, training: false);
            tally.Add(logits.data<float>().ToArray(), part.Labels, Loss(logits, part.Labels).ToDouble());
        }

        return tally.Result();
    }

    /// <summary>Leaves the mean gradient over the batch in the tensor's grad; returns the sum of the losses.</summary>
    internal double Gradient(Parameter flat, SampleSet data, ReadOnlySpan<int> batch)
    {
        flat.grad?.zero_();
        var sum = 0.0;
        for (var start = 0; start < batch.Length; start += Chunk)
        {
            var part = data.Select(batch.Slice(start, Math.Min(Chunk, batch.Length - start)).ToArray());
            var loss = Loss(_network.Forward(flat, part.Inputs, part.Count, training: true), part.Labels);
            (loss / batch.Length).backward();
            sum += loss.ToDouble();
        }

        return sum;
    }

    private static Tensor Loss(Tensor logits, int[] labels) => functional.cross_entropy(
        logits, tensor(Array.ConvertAll(labels, label => (long)label)), reduction: Reduction.Sum);

    private static optim.Optimizer Optimizer(Parameter flat, TrainingSettings settings) =>
        settings.Optimizer == OptimizerKind.Adam
            ? optim.Adam([flat], settings.LearningRate, 0.9, 0.999, 1e-8, settings.WeightDecay)
            : optim.SGD([flat], settings.LearningRate, settings.Momentum, 0, settings.WeightDecay);
}
