using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;
using Fed.Training;

namespace Fed.Bench;

/// <summary>A model that was trained on all houses' samples together, as the task recommends.</summary>
internal sealed record PooledTraining(ModelSpecification Model, float[] Parameters)
{
    /// <param name="passes">Over all samples.</param>
    /// <param name="seed">Of the model's start, and of the order of the samples.</param>
    /// <param name="look">What the model is shown of a set; null: all of it.</param>
    public static PooledTraining Run(
        DataFolder folder,
        int passes,
        int seed,
        CancellationToken cancellation,
        Func<SampleSet, SampleSet>? look = null)
    {
        var model = ModelSpecification.Parse(folder.ModelJson);
        var set = SampleSet.Concat(
            [.. folder.Participants.Select(house => ParticipantFolder.Open(house.Directory).Train)]);
        set = look?.Invoke(set) ?? set;
        return new PooledTraining(
            model, Train(model, set, folder.Description.Training, passes, seed, cancellation));
    }

    /// <summary>On any samples of the model's.</summary>
    /// <returns>The model's parameters.</returns>
    /// <exception cref="TrainingDivergedException">The recommended rate is too high for these samples.</exception>
    public static float[] Train(
        ModelSpecification model,
        SampleSet samples,
        RecommendedTraining recommended,
        int passes,
        int seed,
        CancellationToken cancellation)
    {
        var trainer = Trainers.Create(model);
        var parameters = model.Initialise(seed);
        for (var pass = 0; pass < passes; pass++)
        {
            var settings = new TrainingSettings
            {
                BatchSize = recommended.BatchSize,
                LearningRate = recommended.LearningRate * (1 - recommended.LearningRateDecay * pass / passes),
                Momentum = recommended.Momentum,
                Seed = unchecked(seed * 1009 + pass) & int.MaxValue,
            };
            trainer.Train(parameters, samples, settings, cancellation);
        }

        return parameters;
    }

    /// <param name="name">What errors call it.</param>
    public LearnedModel ToLearned(DataTask task, string name)
    {
        using var onnx = new MemoryStream();
        OnnxModel.Write(
            onnx, Model, Parameters, new ModelCard(task.Name, task.Classes, task.Features).ToMetadata());
        return LearnedModel.Of(onnx.ToArray(), name);
    }
}
