using System.CommandLine;
using System.Globalization;
using System.Text;
using Fed.Bench.Simulation;
using Fed.Core.Models;
using Fed.Core.Robust;
using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Bench;

/// <summary>
/// <c>fed bench transfer</c>: federations that train only the layers behind an extractor, beside those that train all;
/// docs/transfer.md on request.
/// </summary>
internal static class TransferCommand
{
    public static Command Create()
    {
        var json = JsonFile.Option();
        var task = new Option<string>("--task")
        {
            Description = $"one of {string.Join(", ", TaskNames.Known)}",
            DefaultValueFactory = _ => TaskNames.Audio,
        };
        task.AcceptOnlyFromAmong([.. TaskNames.Known]);
        var seeds = WholeNumber.Option("--seeds", "runs, with seeds from 1", 1, 100, 3);
        var write = new Option<bool>("--write") { Description = "write the table into docs/transfer.md" };
        var command = new Command("transfer", "frozen layers beside full training: bytes, accuracy, rounds (minutes)")
        {
            json, task, seeds, write,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var data = DataFolder.Open(Repository.Path("data", TaskNames.FolderOf(parsed.GetValue(task)!)));
            var rows = new List<TransferRow>();
            for (var seed = 1; seed <= parsed.GetValue(seeds); seed++)
                rows.AddRange(new TransferBench(data, seed).Run(Print, cancellation));
            JsonFile.Write(parsed.GetValue(json), new { Rows = rows });
            if (parsed.GetValue(write))
                MeasuredPart.Write(Repository.Path("docs", "transfer.md"), TransferTable.Text(rows));
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Print(TransferRow row) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{row.Task} seed {row.Seed}  {row.Setting,-32} {row.Parameters,7} values, {row.BytesUp:0} bytes up, "
        + $"held-out {100 * row.Accuracy:0.0} %, near after {TransferTable.Text(row.Rounds)}, "
        + $"{row.Seconds:0.0} s"));
}

/// <param name="Setting">What is trained, from what.</param>
/// <param name="Parameters">That are trained, and travel.</param>
/// <param name="BytesUp">Of an update, float32.</param>
/// <param name="BytesDown">Of a version.</param>
/// <param name="ExtractorBytes">Downloaded once by each participant.</param>
/// <param name="Accuracy">Of the last round on held-out content, 0 to 1: the mean over the clusters.</param>
/// <param name="Rounds">The first with 95 % of the last accuracy of full training; null: none.</param>
/// <param name="Seconds">Processor time of all participants' training and of the folds.</param>
public sealed record TransferRow(
    string Task,
    int Seed,
    string Setting,
    long Parameters,
    double BytesUp,
    long BytesDown,
    long ExtractorBytes,
    double Accuracy,
    int? Rounds,
    double Seconds);

/// <summary>
/// One task, one seed. The extractor is trained on the houses of the first cluster, pooled, as the task recommends; the
/// others' houses federate. So it has seen neither their samples nor the content that all are tried on.
/// </summary>
internal sealed class TransferBench(DataFolder data, int seed)
{
    private const double Near = 0.95;

    private readonly ModelSpecification _model = ModelSpecification.Parse(data.ModelJson);
    private readonly string[] _clusters = [.. data.Clusters.Skip(1)];

    public IReadOnlyList<TransferRow> Run(Action<TransferRow> log, CancellationToken cancellation)
    {
        var rows = new List<TransferRow>();
        foreach (var row in Trials(cancellation))
        {
            rows.Add(row);
            log(row);
        }

        return rows;
    }

    private IEnumerable<TransferRow> Trials(CancellationToken cancellation)
    {
        var pretrained = Pretrain(cancellation);
        var (full, course) = Federate("all layers", null, null, cancellation);
        var target = Near * full.Accuracy;
        yield return full with { Rounds = FirstAt(target, course) };
        yield return Compared("all layers, from the pretrained model", null, pretrained);
        var layers = ModelSplit.LayersWithParameters(_model);
        for (var count = 1; count < layers.Count; count++)
        {
            var split = ModelSplit.Cut(_model, [.. layers.Take(count)]);
            var what = count == layers.Count - 1 ? "head only" : $"{count} of {layers.Count} layers frozen";
            yield return Compared($"{what}, pretrained", Layers(split, pretrained), null);
            yield return Compared($"{what}, random", Layers(split, _model.Initialise(seed)), null);
        }

        TransferRow Compared(string setting, FrozenLayers? frozen, float[]? start)
        {
            var (row, rounds) = Federate(setting, frozen, start, cancellation);
            return row with { Rounds = FirstAt(target, rounds) };
        }
    }

    private float[] Pretrain(CancellationToken cancellation)
    {
        var houses = data.Participants.Where(house => house.Cluster == data.Clusters[0]);
        var samples = SampleSet.Concat([.. houses.Select(house => ParticipantFolder.Open(house.Directory).Train)]);
        var training = data.Description.Training;
        return PooledTraining.Train(
            _model, samples, training, training.Rounds * training.LocalEpochs, seed, cancellation);
    }

    private static FrozenLayers Layers(ModelSplit split, float[] model) =>
        new(split, new string('0', 64), model[..(int)split.Frozen.ParameterCount]);

    /// <returns>The row, but for its rounds; and the accuracy after each of them.</returns>
    private (TransferRow Row, IReadOnlyList<double> Course) Federate(
        string setting, FrozenLayers? frozen, float[]? start, CancellationToken cancellation)
    {
        var trained = frozen?.Head ?? _model;
        var trainer = Trainers.Create(trained);
        var tests = _clusters.ToDictionary(
            cluster => cluster, cluster => frozen?.Apply(data.Test(cluster), cancellation) ?? data.Test(cluster));
        var (course, evaluation, bytes) = (new List<double>(), 0.0, 0.0);
        var settings = new SimulationSettings(data.Description.Training.Rounds, seed, RobustRules.Mean, "float32")
        {
            Members = [.. data.Participants.Where(house => _clusters.Contains(house.Cluster)).Select(one => one.Name)],
            Start = start,
            Frozen = frozen,
            OnRound = (_, models) => evaluation += Measure.Processor(() => course.Add(
                _clusters.Average(cluster => trainer.Evaluate(models[cluster], tests[cluster]).Accuracy))),
        };
        var seconds = Measure.Processor(
            () => bytes = new SimulatedFederation(data, settings).Run(cancellation).UpdateBytes) - evaluation;
        var row = new TransferRow(
            data.Task.Name,
            seed,
            setting,
            trained.Layout.ParameterCount,
            bytes,
            SafetensorsHeader.FileLength(trained.Layout),
            frozen is null ? 0 : SafetensorsHeader.FileLength(frozen.Split.Frozen),
            course[^1],
            Rounds: null,
            seconds);
        return (row, course);
    }

    private static int? FirstAt(double target, IReadOnlyList<double> course)
    {
        for (var round = 0; round < course.Count; round++)
        {
            if (course[round] >= target)
                return round + 1;
        }

        return null;
    }
}

/// <summary>The measured part of docs/transfer.md: a setting a row, means over the seeds.</summary>
internal static class TransferTable
{
    public static string Text(IReadOnlyList<TransferRow> rows)
    {
        var seeds = rows.Select(row => row.Seed).Distinct().ToArray();
        var text = new StringBuilder(
            $"Written by `./fed bench transfer --write`, not by hand, on: {MachineDescription.Text()}.\n\n");
        text.Append($"Task {rows[0].Task}, {seeds.Length} seeds.\n\n");
        text.Append("|trained|values|bytes up|bytes down|extractor, once|");
        text.AppendJoin('|', seeds.Select(seed => $"held-out, seed {seed}"));
        text.Append("|mean|rounds to 95 %|processor s|\n|-|-:|-:|-:|-:|");
        text.AppendJoin('|', seeds.Select(_ => "-:")).Append("|-:|-:|-:|\n");
        foreach (var setting in rows.GroupBy(row => row.Setting))
        {
            var first = setting.First();
            var rounds = setting.Select(row => Text(row.Rounds));
            text.Append(
                CultureInfo.InvariantCulture,
                $"|{setting.Key}|{first.Parameters}|{first.BytesUp:0}|{first.BytesDown}|{first.ExtractorBytes}|");
            text.AppendJoin('|', setting.Select(row => Percent(row.Accuracy)));
            text.Append($"|{Percent(setting.Average(row => row.Accuracy))}|{string.Join(", ", rounds)}|");
            text.Append(CultureInfo.InvariantCulture, $"{setting.Average(row => row.Seconds):0.0}|\n");
        }

        return text.Append('\n').ToString();
    }

    public static string Text(int? rounds) => rounds?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}
