using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Core.Blocks;
using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Cli.Demo;

/// <summary>Takes the figures from the finished federations and the baselines, on held-out content.</summary>
internal sealed class Measurements(
    DemoPlan plan, FederationClient client, HeldOut tests, ModelSpecification model, Timeline timeline)
{
    public async Task<DemoOutcome> TakeAsync(
        Baselines.Models baselines,
        DemoOptions options,
        string runtime,
        Func<TimeSpan> elapsed,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        const string name = DemoFederations.HierarchicalName;
        var status = await client.StatusAsync(name, cancellationToken);
        var flatStatus = await client.StatusAsync(DemoFederations.FlatName, cancellationToken);
        var flat = tests.Accuracies(
            await LoadAsync(DemoFederations.FlatName, flatStatus.Global.ModelSha256, cancellationToken));
        var global = tests.Accuracies(await LoadAsync(name, status.Global.ModelSha256, cancellationToken));
        var centralised = tests.Accuracies(baselines.Centralised);
        var clusters = new List<ClusterFigures>();
        foreach (var tier in status.Clusters)
        {
            var members = plan.Of(tier.Key);
            var own = tests.Accuracy(await LoadAsync(name, tier.ModelSha256, cancellationToken), tier.Key);
            var local = members.Average(member => tests.Accuracy(baselines.Local[member.Name], tier.Key));
            var accuracy = new ClusterAccuracy(Round(local), Round(flat[tier.Key]), Round(own));
            clusters.Add(new ClusterFigures(tier.Key, members.Count, tier.Version, accuracy));
        }

        var (up, down) = timeline.Wire(name);
        var accepted = status.Clusters.Sum(tier => tier.Accepted);
        var staleness = status.Clusters.Sum(tier => tier.StalenessMean * tier.Accepted) / Math.Max(1, accepted);
        var result = new DemoResult(
            runtime,
            plan.Data.Task.Name,
            plan.Participants.Count,
            plan.Participants.Count + 1,
            Math.Round(elapsed().TotalSeconds, 1),
            clusters,
            new GlobalFigures(status.Global.Version, status.Global.ModelSha256, new GlobalAccuracy(
                Round(clusters.Average(cluster => cluster.Accuracy.LocalOnly)),
                Round(clusters.Average(cluster => cluster.Accuracy.Flat)),
                Round(clusters.Average(cluster => cluster.Accuracy.Hierarchical)),
                Round(centralised.Values.Average()))),
            new UpdateFigures(
                accepted,
                timeline.Count(name, AgentEventKind.Dropped),
                up,
                down,
                status.Clusters.Sum(tier => tier.BytesAccepted),
                accepted * UpdateWriter.UncompressedSize(model.Layout.ParameterCount),
                Round(staleness),
                status.Clusters.Max(tier => tier.StalenessMax)));
        return new DemoOutcome(
            result,
            plan,
            options,
            timeline,
            global,
            centralised,
            plan.Data.Clusters.ToDictionary(cluster => cluster, tests.Examples, StringComparer.Ordinal),
            time.GetUtcNow());
    }

    private async Task<float[]> LoadAsync(string federation, string sha256, CancellationToken cancellationToken)
    {
        using var file = new MemoryStream();
        await client.DownloadModelAsync(federation, sha256, file, cancellationToken);
        file.Position = 0;
        return ControlVariates.ReadModel(file, model.Layout);
    }

    private static double Round(double value) => Math.Round(value, 4);
}

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
