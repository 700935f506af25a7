using System.CommandLine;
using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Programmes;
using Fed.Training;

namespace Fed.Bench;

/// <summary><c>fed bench multimodal</c>: three streams together beside each pair of them and beside rules, and whole
/// programmes.</summary>
public static class MultimodalBenchCommand
{
    public static Command Create()
    {
        var options = new TaskOptions(TaskNames.Multimodal, "recordings and photographs");
        return options.ToCommand(
            "multimodal",
            "which stream of a programme is displaced, and by how much: a model of all three, beside pairs and rules",
            async (parsed, cancellation) =>
            {
                var bench = new MultimodalBench(
                    parsed.GetValue(options.Data)!, parsed.GetValue(options.Passes), parsed.GetValue(options.Seed));
                var looks = bench.Looks(cancellation);
                foreach (var row in looks)
                    Console.WriteLine($"{row.Look}: {row.Accuracy:P1} of held-out stretches ({row.ByLanguage()})");
                var programmes = await bench.ProgrammesAsync(
                    parsed.GetValue(options.Sources)!, parsed.GetValue(options.Programmes), cancellation);
                foreach (var row in programmes)
                    Console.WriteLine(row.ToText());
                return new { Looks = looks, Programmes = programmes };
            });
    }
}

/// <summary>Share of the held-out stretches that are classified as labelled.</summary>
/// <param name="Look">What is looked at.</param>
/// <param name="Accuracy">Mean over the languages.</param>
public sealed record LookFigure(string Look, double Accuracy, IReadOnlyDictionary<string, double> Languages)
{
    public static LookFigure Of(string look, IEnumerable<string> languages, Func<string, double> accuracy)
    {
        var each = languages.ToDictionary(language => language, accuracy);
        return new(look, each.Values.Average(), each);
    }

    public string ByLanguage() => string.Join(", ", Languages.Select(one => $"{one.Key} {one.Value:P1}"));
}

/// <summary>Programmes of one kind: in sync, with one stream moved, or with another's pictures.</summary>
/// <param name="Undecided">Of which the model's way says that it cannot tell.</param>
/// <param name="Wrong">Of which it names another stream, or one that is in sync as displaced, or says anything where
/// nothing is right.</param>
/// <param name="Verdicts">Whose verdict is that of the true displacement.</param>
/// <param name="MedianError">Milliseconds, where it names the right stream.</param>
/// <param name="RulesWrong">Likewise, of rules, which always say something.</param>
/// <param name="RulesMedianError">Milliseconds.</param>
public sealed record ProgrammeFigure(
    string Kind,
    int Programmes,
    int Undecided,
    int Wrong,
    int Verdicts,
    double? MedianError,
    int RulesWrong,
    double? RulesMedianError)
{
    public static ProgrammeFigure Of(string kind, IReadOnlyList<StreamTrial> trials)
    {
        var told = trials.Where(trial => trial.Found.Verdict != StreamVerdict.CannotTell).ToList();
        return new(
            kind,
            trials.Count,
            trials.Count - told.Count,
            told.Count(trial => !Agree(trial.Truth, trial.Found.Displacement)),
            told.Count(trial => trial.Truth is { } truth
                && StreamEstimator.Verdict(truth) == trial.Found.Verdict),
            MedianOf(trials: told, trial => trial.Found.Displacement),
            trials.Count(trial => !Agree(trial.Truth, trial.Ruled)),
            MedianOf(trials, trial => trial.Ruled));
    }

    public string ToText() =>
        $"{Kind}, {Programmes} programmes: model: {Undecided} undecided, {Wrong} wrong, {Verdicts} right verdicts"
        + $"{Error(MedianError)}; rules: {RulesWrong} wrong{Error(RulesMedianError)}";

    private static string Error(double? median) => median is { } known ? $", median error {known:0} ms" : "";

    private static double? MedianOf(IEnumerable<StreamTrial> trials, Func<StreamTrial, Displacement> found) =>
        TimeErrors.Median(trials.Where(trial => Agree(trial.Truth, found(trial)))
            .Select(trial => Math.Abs(trial.Truth!.Value.Seconds - found(trial).Seconds)));

    /// <summary>The same stream, or both nearer to sync than anything that is labelled displaced.</summary>
    private static bool Agree(Displacement? truth, Displacement found) => truth is { } known
        && (IsNone(known) ? IsNone(found) : known.Stream == found.Stream && !IsNone(found));

    private static bool IsNone(Displacement displacement) =>
        Math.Abs(displacement.Seconds) < SyncLimits.AcceptableEarly;
}

/// <summary>Trains on all houses' stretches together, and measures on held-out recordings and photographs.</summary>
public sealed class MultimodalBench(string data, int passes, int seed)
{
    private readonly DataFolder _folder = DataFolder.Open(data);

    /// <summary>All three pairs of streams, each pair alone, and rules.</summary>
    public IReadOnlyList<LookFigure> Looks(CancellationToken cancellation)
    {
        var rules = Rules();
        return
        [
            Learned("all three streams", 0..ProgrammeFeatures.Rows, cancellation),
            .. ProgrammeFeatures.Pairs.Select(pair => Learned(pair.Name + " alone", pair.Rows, cancellation)),
            LookFigure.Of("rules on all three", _folder.Clusters, language =>
                rules.Accuracy(FqcFile.Read(TestFile(language)))),
        ];
    }

    /// <exception cref="DataFileException">The folder is of another task, or sources are missing.</exception>
    public async Task<IReadOnlyList<ProgrammeFigure>> ProgrammesAsync(
        string sources, int programmes, CancellationToken cancellation)
    {
        var plan = ProgrammePlan.Default();
        using var model = PooledTraining.Run(_folder, passes, seed, cancellation).ToLearned(_folder.Task, data);
        var estimator = new StreamEstimator(ModelStretchScorer.Of(model, data), plan.Seconds);
        var trials = await StreamTrials.RunAsync(
            plan, sources, HeldOut, programmes, seed, estimator, Rules(), cancellation);
        return [.. trials.GroupBy(trial => trial.Kind).Select(group => ProgrammeFigure.Of(group.Key, [.. group]))];
    }

    private LookFigure Learned(string name, Range rows, CancellationToken cancellation)
    {
        var trained = PooledTraining.Run(_folder, passes, seed, cancellation, Shown);
        var trainer = Trainers.Create(trained.Model);
        return LookFigure.Of(name, _folder.Clusters, language =>
            trainer.Evaluate(trained.Parameters, Shown(_folder.Test(language))).Accuracy);

        SampleSet Shown(SampleSet set) => OnlyRows(set, rows);
    }

    /// <summary>A set of which a model sees some rows, and zeros else.</summary>
    private static SampleSet OnlyRows(SampleSet set, Range rows)
    {
        var (start, count) = rows.GetOffsetAndLength(ProgrammeFeatures.Rows);
        var inputs = set.Inputs.ToArray();
        for (var at = 0; at < inputs.Length; at += ProgrammeFeatures.Bins)
        {
            var row = at / ProgrammeFeatures.Bins % ProgrammeFeatures.Rows;
            if (row < start || row >= start + count)
                inputs.AsSpan(at, ProgrammeFeatures.Bins).Clear();
        }

        return new SampleSet(set.Shape, set.Classes, inputs, set.Labels);
    }

    private StreamBaseline Rules() => StreamBaseline.Fit(
        [.. _folder.Participants.Select(house => FqcFile.Read(Path.Combine(house.Directory, "validation.fqc")))]);

    private HashSet<string> HeldOut(string language) => [.. FqcFile.Read(TestFile(language)).Sources];

    private string TestFile(string language) => Path.Combine(data, "test", language + ".fqc");
}
