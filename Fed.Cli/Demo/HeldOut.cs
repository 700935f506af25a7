using Fed.Client.Agent;
using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Cli.Demo;

/// <summary>The test sets, of sources that nobody trains on.</summary>
internal sealed class HeldOut
{
    private readonly ITrainer _trainer;
    private readonly Dictionary<string, SampleSet> _tests;

    private HeldOut(ITrainer trainer, Dictionary<string, SampleSet> tests)
    {
        _trainer = trainer;
        _tests = tests;
    }

    /// <exception cref="MediaQc.Files.DataFileException">A test set is missing or damaged.</exception>
    public static HeldOut Load(DataFolder data, ModelSpecification model, TrainerKind kind) => new(
        LocalTrainer.Create(model, kind),
        data.Clusters.ToDictionary(cluster => cluster, data.Test, StringComparer.Ordinal));

    public int Examples(string cluster) => _tests[cluster].Count;

    /// <returns>0 to 1.</returns>
    public double Accuracy(float[] parameters, string cluster) =>
        _trainer.Evaluate(parameters, _tests[cluster]).Accuracy;

    public IReadOnlyDictionary<string, double> Accuracies(float[] parameters) =>
        _tests.Keys.ToDictionary(cluster => cluster, cluster => Accuracy(parameters, cluster), StringComparer.Ordinal);
}
