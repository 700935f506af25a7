using Fed.MediaQc.Audio;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Learned;

/// <summary>What a probability as the limit of a class comes to.</summary>
/// <param name="FalseAlarmsAnHour">Findings in an hour of clean programmes.</param>
/// <param name="Recall">Share of the faults that were put in where they are found.</param>
public sealed record SoundThreshold(string Class, SoundLimit Limit, double FalseAlarmsAnHour, double Recall);

/// <summary>Chooses the limits of a model's classes by programmes of which it is known what is wrong with them.
/// </summary>
public static class SoundThresholds
{
    /// <summary>An hour, of one class: more are refused.</summary>
    public const double MostFalseAlarms = 4;

    /// <summary>Share of the faults that is to be found, where it can be.</summary>
    public const double WantedRecall = 0.9;

    /// <summary>What the validation recordings of the shipped data chose for the shipped model. The shipped profiles
    /// have those of them that hold on other speech, too (docs/scan.md).</summary>
    public static IReadOnlyDictionary<string, SoundLimit> Chosen { get; } = new Dictionary<string, SoundLimit>
    {
        [AudioClasses.Clipping] = new(0.999, 2),
        [AudioClasses.Dropout] = new(0.5, 1),
        [AudioClasses.LevelJump] = new(0.5, 1.5),
        [AudioClasses.Noise] = new(0.999, 2),
        [AudioClasses.NarrowBand] = new(0.999, 2),
        [AudioClasses.Unclear] = new(0.99, 2),
    };

    private static readonly double[] s_grid = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999];

    /// <summary>For each fault the highest limit that still finds nine in ten of them; where there are too many false
    /// alarms then, or no limit finds so many, the lowest one with few enough, else the highest of all.</summary>
    /// <param name="trials">With faults and without; never those that a model is judged by afterwards.</param>
    /// <param name="limits">Seconds of each class.</param>
    /// <param name="folder">For temporary files.</param>
    /// <exception cref="MediaToolException">ffmpeg is missing or failed.</exception>
    public static async Task<IReadOnlyList<SoundThreshold>> ChooseAsync(
        LearnedModel model,
        IEnumerable<SpeechTrial> trials,
        IReadOnlyDictionary<string, SoundLimit> limits,
        string folder,
        CancellationToken cancel)
    {
        var heard = new List<(SpeechTrial Trial, SoundLooks Looks)>();
        foreach (var trial in trials)
        {
            var looks = new SoundLooks(model);
            looks.Add(await trial.ReceiveAsync(new Ffmpeg(), folder, cancel));
            looks.Complete();
            heard.Add((trial with { Sound = [] }, looks));
        }

        return [.. SoundChecks.All.Select(check => Choose(check.Class, heard, limits))];
    }

    private static SoundThreshold Choose(
        int fault, List<(SpeechTrial Trial, SoundLooks Looks)> heard, IReadOnlyDictionary<string, SoundLimit> limits)
    {
        var name = AudioClasses.Names[fault];
        var all = s_grid.Select(probability => Try(
            fault, heard, limits[name] with { Probability = probability })).ToList();
        return all.LastOrDefault(each => each.Recall >= WantedRecall && each.FalseAlarmsAnHour <= MostFalseAlarms)
            ?? all.Find(each => each.FalseAlarmsAnHour <= MostFalseAlarms) ?? all[^1];
    }

    private static SoundThreshold Try(
        int fault, List<(SpeechTrial Trial, SoundLooks Looks)> heard, SoundLimit limit)
    {
        var (name, hours, alarms, faults, hits) = (AudioClasses.Names[fault], 0.0, 0, 0, 0);
        foreach (var (trial, looks) in heard)
        {
            var found = Stretch.Join(SoundChecks.Stretches(looks, fault, limit), 0, Severity.Warning, _ => "");
            if (trial.Faults.Count == 0)
            {
                hours += looks.Count / (3600.0 * SoundLooks.Rate);
                alarms += found.Count;
            }

            var placed = trial.Faults.Where(each => each.Fault.Class == name).ToList();
            faults += placed.Count;
            hits += placed.Count(each => found.Exists(each.Overlaps));
        }

        return new SoundThreshold(name, limit, alarms / hours, (double)hits / faults);
    }
}
