using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Fed.Client.Commands;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Core.Models;
using Fed.MediaQc.Folders;
using Fed.Training;
using Fed.Training.Specification;

namespace Fed.Client.Agent;

/// <summary>A participant's data and the model that a federation wants trained on them. Samples stay in here.</summary>
public sealed class LocalLearner
{
    private readonly ParticipantFolder _data;
    private readonly ITrainer _trainer;

    /// <param name="modelJson">The federation's model specification.</param>
    /// <exception cref="AgentException">The model does not fit the data, or is none.</exception>
    public LocalLearner(ParticipantFolder data, string modelJson)
    {
        _data = data;
        try
        {
            var specification = ModelSpecification.Parse(modelJson);
            Layout = specification.Layout;
            _trainer = Trainers.Create(specification);
            LearnerChecks.RequireFit(specification, data.Task);
        }
        catch (Exception error) when (error is SpecificationException or ArgumentException)
        {
            throw new AgentException(
                ExitCode.Refused, $"the federation's model cannot be trained here: {error.Message}", error);
        }
    }

    public ModelLayout Layout { get; }

    /// <summary>n_i: examples that one contribution was trained on.</summary>
    public long Examples => _data.Train.Count;

    /// <summary>Trains in place.</summary>
    /// <param name="seed">Of the task; the participant's name is mixed in, so that no two shuffle alike.</param>
    /// <exception cref="AgentException">Training has diverged; the parameters are untouched.</exception>
    public void Train(
        float[] parameters, TrainingPolicy policy, int seed, string participant, CancellationToken cancellationToken)
    {
        var settings = TrainingPolicies.ToSettings(policy, Mix(seed, participant));
        try
        {
            _trainer.Train(parameters, _data.Train, settings, cancellationToken);
        }
        catch (TrainingDivergedException error)
        {
            throw new AgentException(
                ExitCode.Failure, $"{error.Message}; the federation's steward sets these", error);
        }
    }

    /// <summary>On the participant's own held-out samples.</summary>
    public EvaluationReport Evaluate(float[] parameters, ParticipantTask task)
    {
        var result = _trainer.Evaluate(parameters, _data.Validation);
        return new EvaluationReport(task.Version, task.ModelSha256, result.Examples, result.Correct, result.Loss);
    }

    private static int Mix(int seed, string participant)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{participant}"));
        return BinaryPrimitives.ReadInt32LittleEndian(hash) & int.MaxValue;
    }
}
