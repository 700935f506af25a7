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
    int Rounds, int Seed, string Rule, string Codec, IAttack? Attack = null, int Hostile = 0);

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
    private readonly IRobustRule? _rule;
    private readonly bool _hasReference;

    public SimulatedFederation(DataFolder data, SimulationSettings settings)
    {
        _data = data;
        _settings = settings;
        _model = ModelSpecification.Parse(data.ModelJson);
        _rule = RobustRules.Parse(settings.Rule);
        _hasReference = _rule is { NeedsReference: true };
        var honest = data.Participants.Count - settings.Hostile;
        _participants =
        [
            .. data.Participants.Select((participant, i) => new SimulatedParticipant(
                _model,
                ParticipantFolder.Open(participant.Directory).Train,
                settings.Codec,
                i < honest ? null : settings.Attack)),
        ];
    }

    /// <param name="cancellationToken">Checked at every step of training.</param>
    /// <exception cref="TrainingDivergedException">An honest participant's loss is no longer finite.</exception>
    public SimulationResult Run(CancellationToken cancellationToken)
    {
        var model = _model.Initialise(_settings.Seed);
        var training = _data.Description.Training;
        var optimizer = ServerOptimizers.Create(
            training.ServerMomentum > 0 ? "momentum" : "none", 1, training.ServerMomentum, 0.99, 1e-3);
        var moments = new float[optimizer.Moments * model.Length];
        var (bytes, norm) = (0L, 0.0);
        for (var round = 0; round < _settings.Rounds; round++)
        {
            var rate = training.LearningRate
                * (1 - training.LearningRateDecay * Math.Min(1, (double)round / _settings.Rounds));
            var files = Train(model, rate, round, cancellationToken);
            bytes += files.Sum(file => (long)file.Length);
            if (round == 0)
                norm = Median([.. _participants.Where(one => one.Attack is null).Select(one => one.Norm)]);
            Step(files, model, moments, optimizer);
        }

        var tests = _data.Clusters.Select(_data.Test).ToArray();
        var trainer = Trainers.Create(_model);
        return new SimulationResult(
            tests.Average(test => trainer.Evaluate(model, test).Accuracy),
            _settings.Attack is ScaledBackdoor backdoor
                ? tests.Average(test => trainer.Evaluate(model, backdoor.Triggered(test)).Accuracy)
                : null,
            (double)bytes / _settings.Rounds / _participants.Length,
            norm);
    }

    /// <summary>Everybody's encoded update; the hostile ones make theirs when the honest ones are known.</summary>
    private byte[][] Train(float[] model, double rate, int round, CancellationToken cancellationToken)
    {
        var settings = new TrainingSettings
        {
            Epochs = _data.Description.Training.LocalEpochs,
            BatchSize = _data.Description.Training.BatchSize,
            LearningRate = rate,
            Momentum = _data.Description.Training.Momentum,
        };
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        Parallel.For(0, _participants.Length, parallel, i =>
        {
            var seed = unchecked((_settings.Seed * 1_009 + i) * 1_000_003 + round) & int.MaxValue;
            _participants[i].Train(model, settings with { Seed = seed }, cancellationToken);
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

    private void Step(byte[][] files, float[] model, float[] moments, IServerOptimizer optimizer)
    {
        var inputs = files.Select((file, i) => ToInput(file, _participants[i].Examples)).ToArray();
        IBlockFold fold;
        if (_rule is null)
            fold = new BlockFold([.. inputs.Select(input => new FoldInput(input.File, input.Factor))], Grid);
        else if (_hasReference)
            fold = RobustFold.Open(inputs[1..], Grid, _rule, inputs[0].File, Environment.ProcessorCount);
        else
            fold = RobustFold.Open(inputs, Grid, _rule, threads: Environment.ProcessorCount);
        var divisor = inputs.Skip(_hasReference ? 1 : 0).Sum(input => input.Divisor);
        var step = new ModelStep(Grid, divisor, optimizer, fold.BlockLength);
        var sums = new long[fold.BlockLength];
        for (var block = 0; block < fold.BlockCount; block++)
        {
            var (start, length) = (block * fold.BlockLength, fold.LengthOf(block));
            fold.Sum(block, sums.AsSpan(0, length));
            step.Apply(
                sums.AsSpan(0, length),
                model.AsSpan(start, length),
                optimizer.Moments > 0 ? moments.AsSpan(start, length) : [],
                optimizer.Moments > 1 ? moments.AsSpan(model.Length + start, length) : []);
        }
    }

    private static RobustInput ToInput(byte[] file, long examples)
    {
        var weight = IntegerWeight.Of(examples, ExampleCap, new ConstantStaleness(), 0);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        return new RobustInput(new BlockFileReader(new MemoryReader(file)), hash, weight, weight);
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
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

    public SimulatedParticipant(ModelSpecification model, SampleSet data, string codec, IAttack? attack)
    {
        _model = model;
        _trainer = Trainers.Create(model);
        _data = attack?.Poison(data) ?? data;
        _codec = BlockCodecs.ByName(codec);
        _residual = new float[model.Layout.ParameterCount];
        Attack = attack;
    }

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
