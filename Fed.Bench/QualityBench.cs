using System.CommandLine;
using System.Globalization;
using System.Text;
using Fed.Bench.Simulation;
using Fed.Core.Robust;
using Fed.MediaQc.Audio;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Plates;
using Fed.MediaQc.Programmes;
using Fed.Training;

namespace Fed.Bench;

/// <summary>
/// <c>fed bench quality</c>: what a federation brings on every shipped task, beside rules and other ways of training;
/// docs/quality.md on request.
/// </summary>
internal static class QualityCommand
{
    public static Command Create()
    {
        var json = JsonFile.Option();
        var tasks = new Option<string[]>("--task")
        {
            Description = $"one of {string.Join(", ", TaskNames.Known)}; default: all",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [.. TaskNames.Known],
        };
        tasks.AcceptOnlyFromAmong([.. TaskNames.Known]);
        var seeds = WholeNumber.Option("--seeds", "runs of each task, with seeds from 1", 1, 100, 3);
        var write = new Option<bool>("--write") { Description = "write the tables of these tasks into docs/quality.md" };
        var command = new Command(
            "quality", "federated beside rules, local and centralised training, on every shipped task (minutes)")
        {
            json, tasks, seeds, write,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var rows = new List<QualityRow>();
            foreach (var task in parsed.GetValue(tasks)!.Distinct())
            {
                var data = DataFolder.Open(Repository.Path("data", TaskNames.FolderOf(task)));
                for (var seed = 1; seed <= parsed.GetValue(seeds); seed++)
                    rows.AddRange(new QualityBench(data, seed, Print).Run(cancellation));
            }

            JsonFile.Write(parsed.GetValue(json), new { Rows = rows });
            if (parsed.GetValue(write))
                MeasuredPart.Write(Repository.Path("docs", "quality.md"), QualityTable.Text(rows), keepsOthers: true);
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Print(QualityRow row) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{row.Task,-13} seed {row.Seed}  {row.Way,-32} held-out {100 * row.Accuracy:0.0} %, F1 {row.MacroF1:0.000}; "
        + $"own material {100 * row.OwnAccuracy:0.0} %"));
}

/// <param name="Way">How the models came about; one of <see cref="QualityWays"/>.</param>
/// <param name="Accuracy">On held-out content, 0 to 1: the mean over the clusters.</param>
/// <param name="MacroF1">Likewise: mean over the classes.</param>
/// <param name="OwnAccuracy">On the houses' own validation samples, 0 to 1: the mean over the houses.</param>
public sealed record QualityRow(
    string Task, int Seed, string Way, double Accuracy, double MacroF1, double OwnAccuracy);

/// <summary>The ways that are compared.</summary>
public static class QualityWays
{
    public const string Thresholds = "fixed thresholds";
    public const string House = "each house alone";
    public const string Cluster = "each cluster alone";
    public const string Federated = "federated";
    public const string OwnHead = "federated, a head per cluster";
    public const string Tuned = "federated, then tuned by cluster";
    public const string Personal = "federated, then tuned by house";
    public const string Centralised = "centralised";

    public static IReadOnlyList<string> All { get; } =
        [Thresholds, House, Cluster, Federated, OwnHead, Tuned, Personal, Centralised];
}

/// <summary>
/// One task, one seed. Every way has the model, the settings and the number of passes that the task recommends.
/// Federations are synchronous, so that trees of any shape give the flat one's bits.
/// </summary>
/// <param name="log">Told each row.</param>
internal sealed class QualityBench(DataFolder data, int seed, Action<QualityRow> log)
{
    /// <summary>A quarter of the usual rounds more, of a cluster's own, at a tenth of the usual rate.</summary>
    private const double TuningShare = 0.25;
    private const double TuningRate = 0.1;

    private readonly ModelSpecification _model = ModelSpecification.Parse(data.ModelJson);
    private readonly Dictionary<string, ParticipantFolder> _houses = data.Participants.ToDictionary(
        house => house.Name, house => ParticipantFolder.Open(house.Directory));

    public IReadOnlyList<QualityRow> Run(CancellationToken cancellation)
    {
        var rows = new List<QualityRow>();
        foreach (var row in Measure(cancellation))
        {
            rows.Add(row);
            log(row);
        }

        return rows;
    }

    private IEnumerable<QualityRow> Measure(CancellationToken cancellation)
    {
        if (Rules() is { } rules)
            yield return Row(rules);
        yield return Row(QualityWays.House, Alone(cancellation));
        yield return Row(QualityWays.Cluster, Apart(ByCluster, group => Usual with { Members = group }, cancellation));
        var federated = Federate(Usual, cancellation);
        yield return Row(QualityWays.Federated, house => federated[house.Cluster]);
        var headed = Federate(
            Usual with { Kept = [.. _model.Layout.Tensors.TakeLast(2).Select(tensor => tensor.Name)] }, cancellation);
        yield return Row(QualityWays.OwnHead, house => headed[house.Cluster]);
        yield return Row(QualityWays.Tuned, Apart(ByCluster, Tuning, cancellation));
        yield return Row(QualityWays.Personal, Apart(house => [house.Name], Tuning, cancellation));
        var pooled = PooledTraining.Run(data, Passes, seed, cancellation).Parameters;
        yield return Row(QualityWays.Centralised, _ => pooled);

        SimulationSettings Tuning(IReadOnlyCollection<string> group) => Usual with
        {
            Rounds = (int)(TuningShare * Usual.Rounds),
            Members = group,
            Start = federated.Values.First(),
            RateFactor = TuningRate,
            ServerMomentum = 0,
        };
    }

    private SimulationSettings Usual => new(data.Description.Training.Rounds, seed, RobustRules.Mean, "float32");

    private int Passes => data.Description.Training.Rounds * data.Description.Training.LocalEpochs;

    private IReadOnlyDictionary<string, float[]> Federate(
        SimulationSettings settings, CancellationToken cancellation) =>
        new SimulatedFederation(data, settings).Train(cancellation);

    private IReadOnlyCollection<string> ByCluster(DataParticipant house) =>
        [.. data.Participants.Where(other => other.Cluster == house.Cluster).Select(other => other.Name)];

    /// <summary>A federation of each group by itself.</summary>
    private Func<DataParticipant, float[]> Apart(
        Func<DataParticipant, IReadOnlyCollection<string>> groupOf,
        Func<IReadOnlyCollection<string>, SimulationSettings> settings,
        CancellationToken cancellation)
    {
        var models = new Dictionary<string, float[]>();
        foreach (var house in data.Participants.Where(house => !models.ContainsKey(house.Name)))
        {
            var group = groupOf(house);
            var model = Federate(settings(group), cancellation)[house.Cluster];
            foreach (var member in group)
                models[member] = model;
        }

        return house => models[house.Name];
    }

    private Func<DataParticipant, float[]> Alone(CancellationToken cancellation)
    {
        var models = data.Participants.AsParallel().WithCancellation(cancellation).ToDictionary(
            house => house.Name,
            house => PooledTraining.Train(
                _model, _houses[house.Name].Train, data.Description.Training, Passes, seed, cancellation));
        return house => models[house.Name];
    }

    /// <summary>Thresholds that the validation samples of all houses choose; null: this task has none.</summary>
    private ISampleRules? Rules()
    {
        PatchSet[] validation = [.. data.Participants.Select(Validation)];
        return data.Task.Name switch
        {
            "media-qc" => PictureBaseline.Fit(validation),
            "audio-qc" => AudioBaseline.Fit(validation),
            "subtitle-qc" => CueBaseline.Fit(validation),
            "programme-qc" => StreamBaseline.Fit(validation),
            "plate-qc" => PlateBaseline.Fit(validation),
            _ => null,
        };
    }

    private static PatchSet Validation(DataParticipant house) =>
        FqcFile.Read(Path.Combine(house.Directory, "validation.fqc"));

    private QualityRow Row(ISampleRules rules)
    {
        var held = data.Clusters.Select(cluster => rules.Confusion(data.TestSamples(cluster))).ToArray();
        return new QualityRow(
            data.Task.Name,
            seed,
            QualityWays.Thresholds,
            held.Average(ConfusionMatrix.Accuracy),
            held.Average(ConfusionMatrix.MacroF1),
            data.Participants.Average(house => rules.Accuracy(Validation(house))));
    }

    private QualityRow Row(string way, Func<DataParticipant, float[]> models)
    {
        var trainer = Trainers.Create(_model);
        var tests = data.Clusters.ToDictionary(cluster => cluster, data.Test);
        var held = data.Participants.Select(house => (
            house.Cluster, Result: trainer.Evaluate(models(house), tests[house.Cluster]))).ToArray();
        return new QualityRow(
            data.Task.Name,
            seed,
            way,
            Mean(result => result.Accuracy),
            Mean(result => result.MacroF1),
            data.Participants.Average(house =>
                trainer.Evaluate(models(house), _houses[house.Name].Validation).Accuracy));

        double Mean(Func<EvaluationResult, double> score) => held.GroupBy(one => one.Cluster)
            .Average(cluster => cluster.Average(one => score(one.Result)));
    }
}

/// <summary>The measured part of docs/quality.md: a table a task, a way a row.</summary>
internal static class QualityTable
{
    public static string Text(IReadOnlyList<QualityRow> rows)
    {
        var text = new StringBuilder(
            $"Written by `./fed bench quality --write`, not by hand, on: {MachineDescription.Text()}.\n\n");
        foreach (var task in rows.GroupBy(row => row.Task))
        {
            var seeds = task.Select(row => row.Seed).Distinct().ToArray();
            text.Append($"### {task.Key}\n\n|way|");
            text.AppendJoin('|', seeds.Select(seed => $"held-out, seed {seed}")).Append("|mean|F1|own material|\n|-|");
            text.AppendJoin('|', seeds.Select(_ => "-:")).Append("|-:|-:|-:|\n");
            foreach (var way in task.GroupBy(row => row.Way))
            {
                text.Append($"|{way.Key}|").AppendJoin('|', way.Select(row => Percent(row.Accuracy)));
                text.Append($"|{Percent(way.Average(row => row.Accuracy))}|");
                text.Append(CultureInfo.InvariantCulture, $"{way.Average(row => row.MacroF1):0.000}|");
                text.Append($"{Percent(way.Average(row => row.OwnAccuracy))}|\n");
            }

            text.Append('\n').Append(Comparison([.. task])).Append("\n\n");
        }

        return text.ToString();
    }

    private static string Comparison(IReadOnlyList<QualityRow> rows)
    {
        var federated = Of(QualityWays.Federated);
        var against = new[] { QualityWays.House, QualityWays.Thresholds, QualityWays.Cluster }
            .Where(way => rows.Any(row => row.Way == way))
            .Select(way => $"{Points(federated.Zip(Of(way), (a, b) => a - b))} points above {way}");
        string[] special = [QualityWays.OwnHead, QualityWays.Tuned, QualityWays.Personal];
        var specialised = special.Select(way =>
            $"{way}: {Points(Of(way).Zip(federated, (a, b) => a - b))} points on held-out content, "
            + $"{Points(Own(way).Zip(Own(QualityWays.Federated), (a, b) => a - b))} on own material");
        var share = federated.Zip(Of(QualityWays.Centralised), (a, b) => 100 * a / b);
        return $"Federated by centralised: {Range(share)} %; "
            + $"{string.Join(", ", against)}. {string.Join("; ", specialised)}.";

        double[] Own(string way) => [.. rows.Where(row => row.Way == way).Select(row => row.OwnAccuracy)];
        double[] Of(string way) => [.. rows.Where(row => row.Way == way).Select(row => row.Accuracy)];
        static string Points(IEnumerable<double> differences) => Range(differences.Select(one => 100 * one));
        static string Range(IEnumerable<double> values)
        {
            var sorted = values.Order().ToArray();
            return string.Create(CultureInfo.InvariantCulture, $"{sorted[0]:0.0} to {sorted[^1]:0.0}");
        }
    }

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}
