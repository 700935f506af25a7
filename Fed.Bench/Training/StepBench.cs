using Fed.Training;

namespace Fed.Bench.Training;

/// <param name="Trainer">managed or torchsharp.</param>
/// <param name="FirstSeconds">
/// From making the trainer to the end of the first 1000 samples; cold, with all just-in-time compilation and loading of
/// libraries, for the first figure of a process only.
/// </param>
/// <param name="FirstProcessorSeconds">The same in processor time of this process.</param>
/// <param name="TrainPerSecond">Samples trained a second of processor time, by steps of the batch size.</param>
/// <param name="EvaluatePerSecond">Samples evaluated a second of processor time.</param>
/// <param name="NaivePerSecond">
/// Samples a second of processor time if a step were no more than its products, by triple loops.
/// </param>
internal sealed record StepFigure(
    string Model,
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
    private const int Samples = 1_000;

    public static StepFigure Run(
        ModelSpecification model, string name, Func<ModelSpecification, ITrainer> create, int batch, double budget)
    {
        var data = BenchModels.Noise(model, Samples);
        var parameters = model.Initialise(1);
        var settings = new TrainingSettings { BatchSize = batch, LearningRate = 1e-4 };
        ITrainer? trainer = null;
        void Train() => trainer!.Train(parameters, data, settings, CancellationToken.None);
        var first = Measure.Both(() =>
        {
            trainer = create(model);
            Train();
        });
        return new StepFigure(
            model.Name,
            name,
            batch,
            first.Clock,
            first.Processor,
            Samples / Measure.Best(Train, budget),
            Samples / Measure.Best(() => trainer!.Evaluate(parameters, data), budget),
            batch / Measure.Best(NaiveStep.Of(model, batch), budget));
    }
}
