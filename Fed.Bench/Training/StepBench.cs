using Fed.Training;

namespace Fed.Bench.Training;

/// <param name="Parameters">D.</param>
/// <param name="MultiplyAdds">Of one sample forward.</param>
/// <param name="Trainer">managed or torch.</param>
/// <param name="FirstSeconds">
/// From making the trainer to the end of the first samples (<see cref="StepBench.Samples"/>);
/// cold, with all just-in-time compilation and loading of libraries, for the first figure of a process only.
/// </param>
/// <param name="FirstProcessorSeconds">The same in processor time of this process.</param>
/// <param name="TrainPerSecond">Samples trained a second of processor time, by steps of the batch size.</param>
/// <param name="EvaluatePerSecond">Samples evaluated a second of processor time.</param>
/// <param name="NaivePerSecond">
/// Samples a second of processor time if a step were no more than its products, by triple loops.
/// </param>
internal sealed record StepFigure(
    string Model,
    long Parameters,
    long MultiplyAdds,
    string Trainer,
    int Batch,
    double FirstSeconds,
    double FirstProcessorSeconds,
    double TrainPerSecond,
    double EvaluatePerSecond,
    double NaivePerSecond)
{
    public double Ratio => TrainPerSecond / NaivePerSecond;
}

/// <summary>Samples a second of whole training steps.</summary>
internal static class StepBench
{
    private const int NaiveBatch = 2;

    public static StepFigure Run(ModelSpecification model, TrainerKind kind, int batch, double budget)
    {
        var samples = Samples(model, batch);
        var data = BenchModels.Noise(model, samples);
        var parameters = model.Initialise(1);
        var settings = new TrainingSettings { BatchSize = batch, LearningRate = 1e-4 };
        ITrainer? trainer = null;
        void Train() => trainer!.Train(parameters, data, settings, CancellationToken.None);
        var first = Measure.Both(() =>
        {
            trainer = Trainers.Create(model, kind);
            Train();
        });
        return new StepFigure(
            model.Name,
            model.Layout.ParameterCount,
            TrainerRule.MultiplyAdds(model),
            kind.ToString().ToLowerInvariant(),
            batch,
            first.Clock,
            first.Processor,
            samples / Measure.Best(Train, budget),
            samples / Measure.Best(() => trainer!.Evaluate(parameters, data), budget),
            NaiveBatch / Measure.Best(NaiveStep.Of(model, NaiveBatch), budget));
    }

    /// <summary>
    /// A thousand of a small model; fewer of a large one, at least two batches, so that a figure takes seconds.
    /// </summary>
    internal static int Samples(ModelSpecification model, int batch) =>
        (int)Math.Clamp(4_000_000_000 / TrainerRule.MultiplyAdds(model), Math.Min(1_000, 2 * batch), 1_000);
}
