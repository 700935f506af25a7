using System.Globalization;
using Fed.Client.Agent;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Client.Models;

/// <summary>
/// A federation's model that one house has trained further on its own samples, for its own files (Wang 2019, "Federated
/// Evaluation of On-device Personalization"; docs/quality.md has what it brings). Nothing of it goes to a federation.
/// </summary>
/// <param name="Before">On the house's validation samples, of the federation's model.</param>
/// <param name="After">Of the one that is tuned.</param>
internal sealed record PersonalModel(VersionModel Tuned, EvaluationResult Before, EvaluationResult After)
{
    /// <summary>Of the learning rate that the federation trains with, which would forget too much.</summary>
    public const double UsualRate = 0.1;

    public const int UsualPasses = 15;

    /// <param name="folder">The house's own folder.</param>
    /// <param name="settings">Epochs are the passes.</param>
    /// <exception cref="DataFileException">The folder is missing or damaged, of another task, or has nothing to
    /// validate with.</exception>
    /// <exception cref="TrainingDivergedException">The learning rate is too high.</exception>
    public static PersonalModel Tune(
        VersionModel version, string folder, TrainingSettings settings, TrainerKind kind, CancellationToken cancel)
    {
        if (!Directory.Exists(folder))
            throw new DataFileException(folder, "there is no such folder; it must have the house's train.fqc");
        var own = ParticipantFolder.Open(folder);
        var (card, shape) = (version.Card, version.Model.Input);
        if (card.Task != own.Task.Name || card.Features != own.Task.Features
            || !card.Classes.SequenceEqual(own.Task.Classes) || !shape.SequenceEqual(own.Task.Shape))
        {
            throw new DataFileException(
                folder,
                $"the samples are of task {own.Task.Name} by {own.Task.Features} with classes "
                + $"{string.Join(", ", own.Task.Classes)}, and the model of {card.Task} by {card.Features} with "
                + $"{string.Join(", ", card.Classes)}");
        }

        if (own.Validation.Count == 0)
            throw new DataFileException(Path.Combine(folder, "validation.fqc"), "it holds no sample to compare with");
        var trainer = LocalTrainer.Create(version.Model, kind);
        var before = trainer.Evaluate(version.Parameters, own.Validation);
        var parameters = version.Parameters.ToArray();
        trainer.Train(parameters, own.Train, settings, cancel);
        var tuned = version with
        {
            Parameters = parameters,
            Card = card with
            {
                Tuned = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{own.Train.Count} samples of its house, passes {settings.Epochs}, "
                        + $"rate {settings.LearningRate:0.#####e0}, seed {settings.Seed}"),
            },
        };
        return new PersonalModel(tuned, before, trainer.Evaluate(parameters, own.Validation));
    }
}
