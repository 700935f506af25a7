using System.Numerics.Tensors;
using System.Security.Cryptography;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Core.IO;
using Fed.Core.Optimizers;
using Fed.Core.Robust;
using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Bench.Simulation;

/// <summary>One simulated federation: a single tier, synchronous, every participant in every round.</summary>
/// <param name="Rule">As settings name it (docs/robustness.md).</param>
/// <param name="Codec">As settings name it (docs/codecs.md).</param>
/// <param name="Attack">Null: everybody is honest.</param>
/// <param name="Hostile">How many attack; the last ones of the task.</param>
public sealed record SimulationSettings(
    int Rounds, int Seed, string Rule, string Codec, IAttack? Attack = null, int Hostile = 0)
{
    /// <summary>Names of the participants that take part; null: all do.</summary>
    public IReadOnlyCollection<string>? Members { get; init; }

    /// <summary>Tensors of which each cluster keeps its own, made of its own participants' updates.</summary>
    public IReadOnlyList<string> Kept { get; init; } = [];

    /// <summary>The model that they start from; null: a new one, by the seed.</summary>
    public float[]? Start { get; init; }

    /// <summary>Of the learning rate that the task recommends.</summary>
    public double RateFactor { get; init; } = 1;

    /// <summary>Of the server; null: as the task recommends.</summary>
    public double? ServerMomentum { get; init; }

    /// <summary>Layers that nobody trains: only what is behind them is exchanged; null: there are none.</summary>
    public FrozenLayers? Frozen { get; init; }

    /// <summary>Told each round's models, of each cluster; round from 1.</summary>
    public Action<int, IReadOnlyDictionary<string, float[]>>? OnRound { get; init; }
}

/// <param name="Accuracy">Of the last model on held-out content, 0 to 1: the mean over the clusters.</param>
/// <param name="BackdoorSuccess">Share of held-out samples of other classes that the trigger turns into the target;
/// null without a backdoor.</param>
/// <param name="UpdateBytes">Mean size of an encoded update: header, index and blocks.</param>
/// <param name="NormMedian">Median L2 norm of the first round's honest updates.</param>
public sealed record SimulationResult(double Accuracy, double? BackdoorSuccess, double UpdateBytes, double NormMedian);

/// <summary>
/// A federation in one process, without network or actors: the same trainer, codecs, fold and step as the real one,
/// and the same result for the same settings on every run.
/// </summary>
public sealed class SimulatedFederation
{
    private const int ExampleCap = 1024;

    private static readonly Grid Grid = new(22, 8f);

    private readonly DataFolder _data;
    private readonly SimulationSettings _settings;
    private readonly ModelSpecification _model;
    private readonly SimulatedParticipant[] _participants;
    private readonly IServerOptimizer _optimizer;
    private readonly IRobustRule? _rule;
    private readonly bool _hasReference;
    private long _bytes;
    private double _norm;

    public SimulatedFederation(DataFolder data, SimulationSettings settings)
    {
        _data = data;
        _settings = settings;
        _model = settings.Frozen?.Head ?? ModelSpecification.Parse(data.ModelJson);
        _rule = RobustRules.Parse(settings.Rule);
        _hasReference = _rule is { NeedsReference: true };
        var momentum = settings.ServerMomentum ?? data.Description.Training.ServerMomentum;
        _optimizer = ServerOptimizers.Create(momentum > 0 ? "momentum" : "none", 1, momentum, 0.99, 1e-3);
        var members = data.Participants.Where(one => settings.Members?.Contains(one.Name) ?? true).ToArray();
        var honest = members.Length - settings.Hostile;
        _participants =
        [
            .. members.Select((participant, i) => new SimulatedParticipant(
                _model,
                participant.Cluster,
                Seen(ParticipantFolder.Open(participant.Directory).Train),
                settings.Codec,
                i < honest ? null : settings.Attack)),
        ];
    }

    /// <param name="cancellationToken">Checked at every step of training.</param>
    /// <exception cref="TrainingDivergedException">An honest participant's loss is no longer finite.</exception>
    public SimulationResult Run(CancellationToken cancellationToken)
    {
        var models = Train(cancellationToken);
        var trainer = Trainers.Create(_model);
        return new SimulationResult(
            _data.Clusters.Average(cluster => trainer.Evaluate(models[cluster], Seen(_data.Test(cluster))).Accuracy),
            _settings.Attack is ScaledBackdoor backdoor
                ? _data.Clusters.Average(cluster =>
                    trainer.Evaluate(models[cluster], Seen(backdoor.Triggered(_data.Test(cluster)))).Accuracy)
                : null,
            (double)_bytes / _settings.Rounds / _participants.Length,
            _norm);
    }

    /// <returns>Each cluster's last model; unless they keep tensors of their own, all are the same.</returns>
    /// <exception cref="TrainingDivergedException">An honest participant's loss is no longer finite.</exception>
    public IReadOnlyDictionary<string, float[]> Train(CancellationToken cancellationToken)
    {
        var start = new SimulatedModel(_settings.Start ?? _model.Initialise(_settings.Seed), _optimizer.Moments);
        var models = _data.Clusters.ToDictionary(cluster => cluster, _ => start);
        for (var round = 0; round < _settings.Rounds; round++)
        {
            var files = Train(models, round, cancellationToken);
            _bytes += files.Sum(file => (long)file.Length);
            if (round == 0)
                _norm = Median([.. _participants.Where(one => one.Attack is null).Select(one => one.Norm)]);
            models = Next(models, files);
            _settings.OnRound?.Invoke(round + 1, Parameters(models));
        }

        return Parameters(models);
    }

    private static Dictionary<string, float[]> Parameters(Dictionary<string, SimulatedModel> models) =>
        models.ToDictionary(entry => entry.Key, entry => entry.Value.Parameters);

    /// <summary>What the model that is trained is shown of samples.</summary>
    private SampleSet Seen(SampleSet samples) =>
        _settings.Frozen?.Apply(samples, CancellationToken.None) ?? samples;

    /// <summary>Everybody's encoded update; the hostile ones make theirs when the honest ones are known.</summary>
    private byte[][] Train(
        Dictionary<string, SimulatedModel> models, int round, CancellationToken cancellationToken)
    {
        var training = _data.Description.Training;
        var settings = new TrainingSettings
        {
            Epochs = training.LocalEpochs,
            BatchSize = training.BatchSize,
            LearningRate = _settings.RateFactor * training.LearningRate
                * (1 - training.LearningRateDecay * Math.Min(1, (double)round / _settings.Rounds)),
            Momentum = training.Momentum,
        };
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        Parallel.For(0, _participants.Length, parallel, i =>
        {
            var seed = unchecked((_settings.Seed * 1_009 + i) * 1_000_003 + round) & int.MaxValue;
            _participants[i].Train(
                models[_participants[i].Cluster].Parameters, settings with { Seed = seed }, cancellationToken);
        });
        if (_settings is { Attack: { } attack, Hostile: > 0 })
        {
            var honest = HonestUpdates.Of(
                [.. _participants.Where(one => one.Attack is null).Select(one => one.Delta)], _settings.Hostile);
            foreach (var hostile in _participants.Where(one => one.Attack is not null))
                hostile.Delta = attack.Forge(hostile.Delta, honest);
        }

        return [.. _participants.Select(one => one.Encode(Grid.Bound, (ulong)round))];
    }

    private Dictionary<string, SimulatedModel> Next(Dictionary<string, SimulatedModel> models, byte[][] files)
    {
        if (_settings.Kept.Count == 0)
        {
            var next = Step(_ => true, files, models.Values.First());
            return models.ToDictionary(entry => entry.Key, _ => next);
        }

        var kept = _model.Layout.Tensors.Where(tensor => _settings.Kept.Contains(tensor.Name)).ToArray();
        return models.ToDictionary(
            entry => entry.Key,
            entry =>
            {
                var common = Step(_ => true, files, entry.Value);
                var own = Step(one => one.Cluster == entry.Key, files, entry.Value);
                foreach (var tensor in kept)
                    own.CopyTo(common, (int)tensor.Offset, (int)tensor.Length);
                return common;
            });
    }

    /// <param name="counts">Whose updates are folded.</param>
    private SimulatedModel Step(Func<SimulatedParticipant, bool> counts, byte[][] files, SimulatedModel before)
    {
        var model = before.Copy();
        var inputs = _participants.Zip(files).Where(pair => counts(pair.First))
            .Select(pair => ToInput(pair.Second, pair.First.Examples)).ToArray();
        IBlockFold fold;
        if (_rule is null)
            fold = new BlockFold([.. inputs.Select(input => new FoldInput(input.File, input.Factor))], Grid);
        else if (_hasReference)
            fold = RobustFold.Open(inputs[1..], Grid, _rule, inputs[0].File, Environment.ProcessorCount);
        else
            fold = RobustFold.Open(inputs, Grid, _rule, threads: Environment.ProcessorCount);
        var divisor = inputs.Skip(_hasReference ? 1 : 0).Sum(input => input.Divisor);
        var step = new ModelStep(Grid, divisor, _optimizer, fold.BlockLength);
        var sums = new long[fold.BlockLength];
        for (var block = 0; block < fold.BlockCount; block++)
        {
            var (start, length) = (block * fold.BlockLength, fold.LengthOf(block));
            fold.Sum(block, sums.AsSpan(0, length));
            step.Apply(
                sums.AsSpan(0, length),
                model.Parameters.AsSpan(start, length),
                model.MomentOf(0, start, length),
                model.MomentOf(1, start, length));
        }

        return model;
    }

    private static RobustInput ToInput(byte[] file, long examples)
    {
        var weight = IntegerWeight.Of(examples, ExampleCap, new ConstantStaleness(), 0);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        return new RobustInput(new BlockFileReader(new MemoryReader(file)), hash, weight, weight);
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}

/// <summary>A model with what the server's optimiser remembers.</summary>
internal sealed class SimulatedModel(float[] parameters, float[][] moments)
{
    /// <param name="moments">How many vectors the optimiser keeps, 0 to 2.</param>
    public SimulatedModel(float[] parameters, int moments)
        : this(parameters, [.. Enumerable.Range(0, moments).Select(_ => new float[parameters.Length])])
    {
    }

    public float[] Parameters => parameters;

    /// <returns>Empty where the optimiser keeps no such vector.</returns>
    public Span<float> MomentOf(int index, int start, int length) =>
        index < moments.Length ? moments[index].AsSpan(start, length) : [];

    public SimulatedModel Copy() => new([.. parameters], [.. moments.Select(moment => moment.ToArray())]);

    public void CopyTo(SimulatedModel other, int start, int length)
    {
        parameters.AsSpan(start, length).CopyTo(other.Parameters.AsSpan(start));
        for (var i = 0; i < moments.Length; i++)
            moments[i].AsSpan(start, length).CopyTo(other.MomentOf(i, start, length));
    }
}

/// <summary>One participant: its data, its trainer and what its encodings have left out so far.</summary>
internal sealed class SimulatedParticipant
{
    private static readonly string NoModel = new('0', 64);

    private readonly ModelSpecification _model;
    private readonly ITrainer _trainer;
    private readonly SampleSet _data;
    private readonly IBlockCodec _codec;
    private readonly float[] _residual;

    public SimulatedParticipant(
        ModelSpecification model, string cluster, SampleSet data, string codec, IAttack? attack)
    {
        _model = model;
        Cluster = cluster;
        _trainer = Trainers.Create(model);
        _data = attack?.Poison(data) ?? data;
        _codec = BlockCodecs.ByName(codec);
        _residual = new float[model.Layout.ParameterCount];
        Attack = attack;
    }

    public string Cluster { get; }

    /// <summary>Null for an honest one.</summary>
    public IAttack? Attack { get; }

    public long Examples => _data.Count;

    /// <summary>What it will send, before encoding.</summary>
    public float[] Delta { get; set; } = [];

    /// <summary>L2 norm of the delta.</summary>
    public double Norm => Math.Sqrt(Delta.Sum(value => (double)value * value));

    public void Train(float[] model, TrainingSettings settings, CancellationToken cancellationToken)
    {
        var trained = (float[])model.Clone();
        try
        {
            _trainer.Train(trained, _data, settings, cancellationToken);
        }
        catch (TrainingDivergedException)
        {
            // A model that an attack has ruined may be beyond training: then nothing is contributed.
            trained = (float[])model.Clone();
        }

        TensorPrimitives.Subtract(trained, model, trained);
        Delta = trained;
    }

    /// <summary>The update's bytes. What the codec leaves out is carried to the next one (error feedback).</summary>
    /// <param name="bound">Beyond it a silo would refuse the update: larger values are cut to it.</param>
    public byte[] Encode(float bound, ulong seed)
    {
        if (_codec.NeedsErrorFeedback)
            TensorPrimitives.Add(Delta, _residual, Delta);
        TensorPrimitives.Min(Delta, bound * 0.999f, Delta);
        TensorPrimitives.Max(Delta, bound * -0.999f, Delta);
        using var stream = new MemoryStream();
        if (_codec.NeedsErrorFeedback)
        {
            UpdateWriter.WriteLeavingResidual(stream, Delta, _codec, Examples, NoModel, _model.Layout.Hash, seed);
            Delta.CopyTo(_residual, 0);
        }
        else
        {
            UpdateWriter.Write(stream, Delta, _codec, Examples, NoModel, _model.Layout.Hash, seed);
        }

        return stream.ToArray();
    }
}
