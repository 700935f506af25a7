using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Bench.Simulation;

/// <summary>Training without a federation, with the settings that the task recommends.</summary>
internal static class PooledTraining
{
    /// <param name="passes">Over the samples, 1 or more.</param>
    /// <returns>The model's parameters.</returns>
    public static float[] Run(
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
}
