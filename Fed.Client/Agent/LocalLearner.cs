using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Core.Models;
using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Client.Agent;

/// <summary>A participant's data and the model that a federation wants trained on them. Samples stay in here.</summary>
public sealed class LocalLearner
{
    private readonly ParticipantFolder _data;
    private readonly SampleSet _train;
    private readonly SampleSet _validation;
    private readonly ITrainer _trainer;
    private readonly Lazy<FeatureSummary?> _features;

    /// <param name="modelJson">The federation's model specification.</param>
    /// <exception cref="AgentException">The model does not fit the data, or is none.</exception>
    public LocalLearner(ParticipantFolder data, string modelJson, TrainerKind trainer = TrainerKind.Auto)
    {
        _data = data;
        (_train, _validation) = (data.Train, data.Validation);
        _features = new Lazy<FeatureSummary?>(() => FeatureMoments.Of(data.Train));
        var specification = LearnerChecks.Read(() => ModelSpecification.Parse(modelJson));
        Layout = specification.Layout;
        _trainer = LearnerChecks.Read(() => LocalTrainer.Create(specification, trainer));
        LearnerChecks.RequireFit(specification, data.Task);
    }

    /// <summary>
    /// Of a model whose front is frozen. What that gives for the samples is made now and kept, 4 bytes a value of the
    /// head's input and sample, beside the samples.
    /// </summary>
    /// <exception cref="AgentException">The model does not fit the data, or the frozen layers give what is not
    /// finite.</exception>
    public LocalLearner(
        ParticipantFolder data, FrozenLayers frozen, TrainerKind trainer, CancellationToken cancellationToken)
    {
        LearnerChecks.RequireFit(frozen.Model, data.Task);
        _data = data;
        _train = LearnerChecks.Read(() => frozen.Apply(data.Train, cancellationToken));
        _validation = LearnerChecks.Read(() => frozen.Apply(data.Validation, cancellationToken));
        _features = new Lazy<FeatureSummary?>(() => FeatureMoments.Of(data.Train));
        Layout = frozen.Head.Layout;
        _trainer = LearnerChecks.Read(() => LocalTrainer.Create(frozen.Head, trainer));
    }

    /// <summary>Of what is trained, without a control variate.</summary>
    public ModelLayout Layout { get; }

    /// <summary>D.</summary>
    public int Parameters => (int)Layout.ParameterCount;

    /// <summary>n_i: examples that one contribution was trained on.</summary>
    public long Examples => _train.Count;

    /// <summary>Training examples by class.</summary>
    public long[] CountLabels()
    {
        var counts = new long[_data.Task.Classes.Count];
        foreach (var label in _data.Train.Labels)
            counts[label]++;
        return counts;
    }

    /// <summary>
    /// Null: there are too many features (<see cref="FeatureSummary.MostFeatures"/>), or values of no use.
    /// </summary>
    public FeatureSummary? SumUpFeatures() => _features.Value;

    /// <summary>Trains in place.</summary>
    /// <param name="seed">Of the task; the participant's name is mixed in, so that no two shuffle alike.</param>
    /// <returns>What the change is to be multiplied by before it is sent: under FedNova tauEff over the weight of the
    /// gradients followed (Wang 2020, equations 6 to 9), else 1.</returns>
    /// <exception cref="AgentException">Training has diverged, to what is not finite or to a loss far above the one it
    /// began with; the parameters are untouched.</exception>
    public double Train(
        float[] parameters, TrainingPolicy policy, int seed, string participant, CancellationToken cancellationToken)
    {
        var settings = TrainingPolicies.ToSettings(policy, Mix(seed, participant));
        var trained = parameters.AsSpan().ToArray();
        var result = Steadily(() => _trainer.Train(trained, _train, settings, cancellationToken));
        RequireLoss(result, parameters, policy);
        trained.CopyTo(parameters, 0);
        return policy.NovaSteps > 0 ? policy.NovaSteps / GradientWeight.Sum(settings, result.Steps) : 1;
    }

    /// <summary>A round of SCAFFOLD, in place.</summary>
    /// <param name="vector">[x; c], [y; c + c_i+ - c_i] afterwards (<see cref="ControlledTraining.Train"/>).</param>
    /// <param name="own">c_i, [D].</param>
    /// <inheritdoc cref="Train"/>
    public void TrainControlled(
        float[] vector,
        float[] own,
        TrainingPolicy policy,
        int seed,
        string participant,
        CancellationToken cancellationToken)
    {
        var settings = TrainingPolicies.ToSettings(policy, Mix(seed, participant));
        var trained = vector.AsSpan().ToArray();
        var result = Steadily(
            () => ControlledTraining.Train(_trainer, trained, own, _train, settings, cancellationToken));
        RequireLoss(result, vector, policy);
        trained.CopyTo(vector, 0);
    }

    /// <summary>The gradient over all the participant's data at x.</summary>
    /// <param name="vector">Begins with x, [D].</param>
    /// <exception cref="AgentException">It is not finite.</exception>
    public float[] Gradient(
        float[] vector, TrainingPolicy policy, int seed, string participant, CancellationToken cancellationToken)
    {
        var settings = TrainingPolicies.ToSettings(policy, Mix(seed, participant));
        return Steadily(() => ControlledTraining.Gradient(
            _trainer, vector.AsSpan(0, Parameters), _train, settings, cancellationToken));
    }

    /// <summary>On the participant's own held-out samples.</summary>
    /// <param name="vector">Begins with x, [D].</param>
    public EvaluationReport Evaluate(float[] vector, ParticipantTask task)
    {
        var result = _trainer.Evaluate(vector[..Parameters], _validation);
        return new EvaluationReport(task.Version, task.ModelSha256, result.Examples, result.Correct, result.Loss);
    }

    /// <summary>Layout of the vector that a federation of this policy exchanges: x, or [x; c].</summary>
    public ModelLayout LayoutOf(TrainingPolicy policy) =>
        policy.ControlVariates ? ControlVariates.Extend(Layout) : Layout;

    private void RequireLoss(TrainingResult result, float[] start, TrainingPolicy policy) => Divergence.RequireLoss(
        result.Loss,
        _data.Task.Classes.Count,
        () => _trainer.Evaluate(start[..Parameters], _train).Loss,
        policy);

    private static T Steadily<T>(Func<T> train)
    {
        try
        {
            return train();
        }
        catch (TrainingDivergedException error)
        {
            throw new AgentException(
                ExitCode.Failure, $"{error.Message}; the federation's steward sets these", error);
        }
    }

    private static int Mix(int seed, string participant)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{participant}"));
        return BinaryPrimitives.ReadInt32LittleEndian(hash) & int.MaxValue;
    }
}

/// <summary>Does a federation's model fit a participant's data?</summary>
internal static class LearnerChecks
{
    /// <summary>A federation's model and its cut.</summary>
    /// <exception cref="AgentException">It is none, or does not fit the data.</exception>
    public static ModelSplit Cut(string modelJson, IReadOnlyList<int> frozen, DataTask data)
    {
        var split = Read(() => ModelSplit.Cut(ModelSpecification.Parse(modelJson), frozen));
        RequireFit(split.Model, data);
        return split;
    }

    /// <exception cref="AgentException">The federation's model cannot be used.</exception>
    public static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is SpecificationException or ArgumentException)
        {
            throw new AgentException(
                ExitCode.Refused, $"the federation's model cannot be trained here: {error.Message}", error);
        }
    }

    /// <exception cref="AgentException">Input shape or number of classes differ.</exception>
    public static void RequireFit(ModelSpecification model, DataTask data)
    {
        if (!model.Input.SequenceEqual(data.Shape))
        {
            throw new AgentException(
                ExitCode.Refused,
                $"the federation's model takes inputs [{string.Join(',', model.Input)}], the data of task "
                + $"'{data.Name}' have [{string.Join(',', data.Shape)}]; give --data of the federation's task");
        }

        if (model.Classes != data.Classes.Count)
        {
            throw new AgentException(
                ExitCode.Refused,
                $"the federation's model tells {model.Classes} classes apart, the data of task '{data.Name}' have "
                + $"{data.Classes.Count}; give --data of the federation's task");
        }
    }
}

/// <summary>The trainer of a process that has a standard error.</summary>
internal static class LocalTrainer
{
    /// <summary>A trainer; that auto had to do without libtorch goes to standard error, once in a process.</summary>
    /// <exception cref="Training.Torch.TorchUnavailableException">As <see cref="Trainers"/> has it.</exception>
    public static ITrainer Create(ModelSpecification model, TrainerKind kind) =>
        Trainers.Create(model, kind, static text => Console.Error.WriteLine($"fed: {text}"));
}

/// <summary>The federation's training policy as the trainer takes it.</summary>
internal static class TrainingPolicies
{
    /// <summary>
    /// Seed of stochastic rounding: another one for each task and participant, so that errors cancel.
    /// </summary>
    public static ulong RoundingSeed(int seed, string participant) => BinaryPrimitives.ReadUInt64LittleEndian(
        SHA256.HashData(Encoding.UTF8.GetBytes($"rounding/{seed}/{participant}")));

    /// <exception cref="ArgumentException">An optimiser that this agent does not have.</exception>
    public static TrainingSettings ToSettings(TrainingPolicy policy, int seed) => new()
    {
        Epochs = policy.Epochs,
        BatchSize = policy.BatchSize,
        LearningRate = policy.LearningRate,
        Momentum = policy.Momentum,
        Optimizer = policy.Optimizer switch
        {
            "sgd" => OptimizerKind.Sgd,
            "adam" => OptimizerKind.Adam,
            _ => throw new ArgumentException(
                $"the federation trains with '{policy.Optimizer}', which this agent does not have; update it"),
        },
        ProximalMu = policy.ProximalMu,
        WeightDecay = policy.WeightDecay,
        Seed = seed,
    };
}
