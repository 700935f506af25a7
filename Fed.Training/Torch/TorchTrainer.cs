using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Fed.Training.Torch;

/// <summary>
/// Minibatch training by libtorch: the same layout, order of samples, dropout and settings as the managed trainer, but
/// other rounding. libtorch uses as many threads as there are cores, or as <see cref="ThreadsVariable"/> says.
/// </summary>
public sealed class TorchTrainer : ITrainer
{
    /// <summary>Environment variable, read when libtorch is loaded.</summary>
    public const string ThreadsVariable = "OMP_NUM_THREADS";

    private const int Chunk = 256;

    private readonly ModelSpecification _model;
    private readonly TorchParameters _parameters;
    private readonly TorchNetwork _network;
    private readonly ConditionalWeakTable<SampleSet, TorchSamples> _samples = [];

    /// <exception cref="TorchUnavailableException">libtorch cannot be loaded on this machine.</exception>
    public TorchTrainer(ModelSpecification model)
    {
        Libtorch.Load();
        _model = model;
        _parameters = new TorchParameters(model.Layout);
        _network = new TorchNetwork(model, _parameters);
    }

    public TrainingResult Train(
        float[] parameters, SampleSet data, TrainingSettings settings, CancellationToken cancellationToken)
    {
        settings.Validate();
        TrainerChecks.Require(_model, parameters, data);
        TrainerChecks.RequireCorrection(settings, parameters);
        using var scope = NewDisposeScope();
        _parameters.Load(parameters);
        var optimizer = TorchOptimizer.Create(_parameters, settings);
        var order = new SampleOrder(data.Count, settings);
        _network.Reseed(settings.Seed);
        var losses = new double[settings.Epochs];
        var steps = 0L;
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            order.Shuffle();
            using var ordered = Indices(order.All);
            for (var start = 0; start < data.Count; start += settings.BatchSize, steps++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var step = NewDisposeScope();
                optimizer.Begin();
                var loss = Gradient(data, ordered.narrow(0, start, Math.Min(settings.BatchSize, data.Count - start)));
                TrainerChecks.RequireFinite(loss, epoch, steps, settings);
                losses[epoch] += loss;
                optimizer.Step();
            }

            losses[epoch] /= data.Count;
        }

        var trained = _parameters.Values.data<float>().ToArray();
        TrainerChecks.RequireFinite(trained, steps, settings);
        trained.CopyTo(parameters, 0);
        return new TrainingResult(data.Count, steps, losses);
    }

    public EvaluationResult Evaluate(float[] parameters, SampleSet data)
    {
        TrainerChecks.Require(_model, parameters, data);
        using var scope = NewDisposeScope();
        using var still = no_grad();
        _parameters.Load(parameters);
        var samples = Resident(data);
        var tally = new EvaluationTally(_model.Classes);
        for (var start = 0; start < data.Count; start += Chunk)
        {
            using var step = NewDisposeScope();
            var count = Math.Min(Chunk, data.Count - start);
            var (inputs, labels) = samples.Range(start, count);
            var logits = _network.Forward(inputs, training: false);
            tally.Add(
                logits.data<float>().ToArray(), data.Labels.AsSpan(start, count), Loss(logits, labels).Value());
        }

        return tally.Result();
    }

    /// <summary>The mean gradient over the batch; dropout goes on where it was.</summary>
    /// <returns>The sum of the losses, and the gradient [D].</returns>
    internal (double Loss, float[] Gradient) Gradient(float[] parameters, SampleSet data, ReadOnlySpan<int> batch)
    {
        using var scope = NewDisposeScope();
        _parameters.Load(parameters);
        var loss = Gradient(data, Indices(batch));
        return (loss, _parameters.Gradient.data<float>().ToArray());
    }

    /// <summary>Adds the mean gradient over the batch; returns the sum of the losses.</summary>
    /// <param name="batch">Indices of samples.</param>
    private double Gradient(SampleSet data, Tensor batch)
    {
        var samples = Resident(data);
        var count = batch.shape[0];
        var sum = 0.0;
        for (var start = 0L; start < count; start += Chunk)
        {
            using var chunk = NewDisposeScope();
            var (inputs, labels) = samples.Pick(batch.narrow(0, start, Math.Min(Chunk, count - start)));
            var loss = Loss(_network.Forward(inputs, training: true), labels);
            loss.DividedBy(count).backward();
            sum += loss.Value();
        }

        return sum;
    }

    private TorchSamples Resident(SampleSet data) => _samples.GetValue(data, static set => new TorchSamples(set));

    private static Tensor Indices(ReadOnlySpan<int> samples)
    {
        var wide = new long[samples.Length];
        for (var i = 0; i < wide.Length; i++)
            wide[i] = samples[i];
        return tensor(wide);
    }

    private static Tensor Loss(Tensor logits, Tensor labels) =>
        functional.cross_entropy(logits, labels, reduction: Reduction.Sum);
}

/// <summary>A sample set as tensors: copied once, then batches are picked by libtorch.</summary>
internal sealed class TorchSamples
{
    private readonly Tensor _inputs;
    private readonly Tensor _labels;

    public TorchSamples(SampleSet data)
    {
        _inputs = tensor(data.Inputs, [data.Count, .. data.Shape.Select(side => (long)side)]).DetachFromDisposeScope();
        _labels = tensor(Array.ConvertAll(data.Labels, label => (long)label)).DetachFromDisposeScope();
    }

    /// <summary>Inputs [n, ...] and labels [n] of the given samples [n], copied.</summary>
    public (Tensor Inputs, Tensor Labels) Pick(Tensor samples) =>
        (_inputs.index_select(0, samples), _labels.index_select(0, samples));

    /// <summary>Inputs and labels of neighbours, not copied.</summary>
    public (Tensor Inputs, Tensor Labels) Range(int start, int count) =>
        (_inputs.narrow(0, start, count), _labels.narrow(0, start, count));
}
