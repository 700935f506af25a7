using Fed.MediaQc.Folders;
using Fed.Training;
using Fed.Training.Data;

namespace Fed.Client.Demo;

/// <summary>The test sets, of sources that nobody trains on.</summary>
internal sealed class HeldOut
{
    private readonly ModelSpecification model;
    private readonly Dictionary<string, SampleSet> tests;

    private HeldOut(ModelSpecification model, Dictionary<string, SampleSet> tests)
    {
        this.model = model;
        this.tests = tests;
    }

    /// <exception cref="MediaQc.Files.DataFileException">A test set is missing or damaged.</exception>
    public static HeldOut Load(DataFolder data, ModelSpecification model) => new(
        model, data.Clusters.ToDictionary(cluster => cluster, data.Test, StringComparer.Ordinal));

    public int Examples(string cluster) => tests[cluster].Count;

    /// <returns>0 to 1.</returns>
    public double Accuracy(float[] parameters, string cluster) =>
        Trainers.Create(model).Evaluate(parameters, tests[cluster]).Accuracy;

    public IReadOnlyDictionary<string, double> Accuracies(float[] parameters) =>
        tests.Keys.ToDictionary(cluster => cluster, cluster => Accuracy(parameters, cluster), StringComparer.Ordinal);
}
