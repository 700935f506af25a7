using System.CommandLine;
using System.Numerics.Tensors;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;

namespace Fed.Bench;

/// <summary><c>fed bench subtitles</c>: the subtitle task beside the known ways, on held-out recordings.</summary>
public static class SubtitleBenchCommand
{
    public static Command Create()
    {
        var options = new TaskOptions(TaskNames.Subtitles, "recordings");
        return options.ToCommand(
            "subtitles",
            "single cues and the timing of whole files: a model of all houses' cues, beside rules",
            (parsed, cancellation) =>
            {
                using var bench = new SubtitleBench(parsed.GetValue(options.Data)!, parsed.GetValue(options.Seed));
                var scorer = bench.Train(parsed.GetValue(options.Passes), cancellation);
                var cues = bench.Cues(scorer);
                foreach (var row in cues)
                    Console.WriteLine($"{row.Language}: model {row.Model:P1}, rules {row.Rules:P1} of single cues");
                var timing = bench.Timing(
                    parsed.GetValue(options.Sources)!, parsed.GetValue(options.Programmes), scorer);
                foreach (var row in timing)
                    Console.WriteLine(row.ToText());
                return Task.FromResult<object>(new { Cues = cues, Timing = timing });
            });
    }
}

/// <summary>Share of the held-out cues that are classified as labelled.</summary>
public sealed record CueFigure(string Language, double Model, double Rules);

/// <summary>Programmes of one kind: whose cues are in sync, off, or of another programme.</summary>
/// <param name="Undecided">Of which the model's way says that it cannot tell.</param>
/// <param name="Wrong">Of which it says what is off by a quarter of a second or more, or anything where nothing is
/// right.</param>
/// <param name="MedianError">Milliseconds, where it says something; null where nothing is right.</param>
/// <param name="CorrelatedWrong">Likewise, of cross-correlation, which always says something.</param>
/// <param name="CorrelatedMedianError">Milliseconds.</param>
public sealed record TimingFigure(
    string Kind,
    int Programmes,
    int Undecided,
    int Wrong,
    double? MedianError,
    int CorrelatedWrong,
    double? CorrelatedMedianError)
{
    private const double WrongFrom = 0.25;

    public static TimingFigure Of(string kind, IReadOnlyList<SyncTrial> trials)
    {
        var told = trials.Where(trial => trial.Found.Verdict != SyncVerdict.CannotTell).ToList();
        if (trials[0].Truth is null)
            return new(kind, trials.Count, trials.Count - told.Count, told.Count, null, trials.Count, null);
        return new(
            kind,
            trials.Count,
            trials.Count - told.Count,
            told.Count(trial => trial.Error >= WrongFrom),
            TimeErrors.Median(told.Select(trial => trial.Error)),
            trials.Count(trial => trial.CorrelatedError >= WrongFrom),
            TimeErrors.Median(trials.Select(trial => trial.CorrelatedError)));
    }

    public string ToText() =>
        $"{Kind}, {Programmes} programmes: model: {Undecided} undecided, {Wrong} wrong{Error(MedianError)}; "
        + $"cross-correlation: {CorrelatedWrong} wrong{Error(CorrelatedMedianError)}";

    private static string Error(double? median) => median is { } known ? $", median error {known:0} ms" : "";
}

/// <summary>Trains on all houses' cues together, and measures on held-out recordings.</summary>
public sealed class SubtitleBench(string data, int seed) : IDisposable
{
    private readonly LearnedModels _models = new();
    private readonly DataFolder _folder = DataFolder.Open(data);

    public void Dispose() => _models.Dispose();

    /// <exception cref="DataFileException">The folder is of another task.</exception>
    public ModelCueScorer Train(int passes, CancellationToken cancellation)
    {
        var model = PooledTraining.Run(_folder, passes, seed, cancellation).ToLearned(_folder.Task, data);
        _models.Add(model, data);
        return new ModelCueScorer(
            _models.Cues ?? throw new DataFileException(data, "this is not the folder of a subtitle task"));
    }

    public IReadOnlyList<CueFigure> Cues(ModelCueScorer scorer)
    {
        var rules = CueBaseline.Fit(
            [.. _folder.Participants.Select(house => FqcFile.Read(Path.Combine(house.Directory, "validation.fqc")))]);
        return
        [
            .. _folder.Clusters.Select(language =>
            {
                var set = FqcFile.Read(Path.Combine(data, "test", language + ".fqc"));
                return new CueFigure(language, Accuracy(scorer, set), rules.Accuracy(set));
            }),
        ];
    }

    public IReadOnlyList<TimingFigure> Timing(string sources, int programmes, ModelCueScorer scorer)
    {
        var estimator = new SyncEstimator(scorer);
        var trials = SyncTrials.Run(SubtitlePlan.Default(), sources, HeldOut, programmes, seed, estimator).ToList();
        return [.. trials.GroupBy(Kind).Select(group => TimingFigure.Of(group.Key, [.. group]))];
    }

    private HashSet<string> HeldOut(string language) =>
        [.. FqcFile.Read(Path.Combine(data, "test", language + ".fqc")).Sources];

    private static string Kind(SyncTrial trial) => trial.Truth switch
    {
        null => "cues of another programme",
        { Scale: not 1 } => "offset and frame rate",
        { Offset: not 0 } => "offset",
        _ => "in sync",
    };

    private static double Accuracy(ModelCueScorer scorer, PatchSet set)
    {
        var classes = set.Classes.Count;
        var probabilities = new float[set.Count * classes];
        scorer.Score(set.Pixels, probabilities);
        var right = Enumerable.Range(0, set.Count).Count(i =>
            TensorPrimitives.IndexOfMax<float>(probabilities.AsSpan(i * classes, classes)) == set.Labels[i]);
        return (double)right / set.Count;
    }
}
