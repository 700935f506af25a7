using System.CommandLine;
using System.Globalization;
using Fed.MediaQc.Audio;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.Bench;

/// <summary><c>fed bench scan-quality</c>: what learned checks of sound find, and what they should not.</summary>
public static class ScanQualityCommand
{
    public static Command Create()
    {
        var json = JsonFile.Option();
        var data = Text(
            "--data", "data folder of the audio task", Path.Combine("data", TaskNames.FolderOf(TaskNames.Audio)));
        var model = Text("--model", "model of that task, ONNX", Path.Combine("data", "models", "audio-qc.onnx"));
        var sources = Text("--sources", "directory below which the paths of the recordings lie", "/");
        var speech = new Option<DirectoryInfo?>("--speech")
        {
            Description = "folder of other clean recordings (.ogg, .flac, .wav), which are scanned, too",
        };
        var seconds = WholeNumber.Option("--seconds", "of each house's programme", 20, 3600, 240);
        var seed = WholeNumber.Option("--seed", "of the programmes", 0, int.MaxValue, 1);
        var command = new Command(
            "scan-quality",
            "Faults of sound that a scan finds, and its false alarms an hour, on held-out recordings; and the limits "
            + "that validation recordings give")
        {
            json, data, model, sources, speech, seconds, seed,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                using var bench = new ScanQualityBench(
                    parsed.GetValue(data)!,
                    parsed.GetValue(model)!,
                    parsed.GetValue(sources)!,
                    parsed.GetValue(seconds),
                    parsed.GetValue(seed));
                var thresholds = await bench.ThresholdsAsync(cancellation);
                foreach (var row in thresholds)
                {
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"validation: {row.Class} from {row.Limit.Probability} over {row.Limit.Seconds} s: "
                        + $"{row.FalseAlarmsAnHour:0.0} false alarms an hour, {row.Recall:P0} found"));
                }

                var heldOut = await bench.HeldOutAsync(cancellation);
                Show("held out", heldOut);
                var other = parsed.GetValue(speech) is { } folder
                    ? await bench.OtherAsync(folder.FullName, cancellation)
                    : null;
                if (other is not null)
                    Show("other speech", other);
                JsonFile.Write(
                    parsed.GetValue(json), new { Thresholds = thresholds, HeldOut = heldOut, Other = other });
                return 0;
            }
            catch (Exception error) when (error is DataFileException or MediaToolException or ScanException)
            {
                await Console.Error.WriteLineAsync($"fed bench: {error.Message}");
                return 1;
            }
        });
        return command;
    }

    private static Option<string> Text(string name, string description, string usual) =>
        new(name) { Description = description, DefaultValueFactory = _ => usual };

    private static void Show(string what, IEnumerable<ScanQualityFigure> figures)
    {
        foreach (var row in figures)
        {
            var found = row.Faults > 0 ? $", {row.Found} of {row.Faults} found" : "";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {row.Check}: {row.FalseAlarms} false alarms in {row.CleanHours:0.00} h{found}"));
        }
    }
}

/// <summary>What scans came to.</summary>
/// <param name="FalseAlarms">Findings in clean programmes.</param>
/// <param name="Faults">That were put into others.</param>
/// <param name="Found">Of these: a finding of their class overlaps them.</param>
public sealed record ScanQualityFigure(string Check, double CleanHours, int FalseAlarms, int Faults, int Found);

/// <summary>Makes programmes of recordings, encodes them as the houses do, and scans the files.</summary>
public sealed class ScanQualityBench : IDisposable
{
    /// <summary>Files that are joined to a programme.</summary>
    private const int FilesEach = 100;

    private readonly string _data;
    private readonly string _sources;
    private readonly int _seconds;
    private readonly int _seed;
    private readonly AudioPlan _plan = AudioPlan.Default();
    private readonly LearnedModels _models = new();
    private readonly LearnedModel _model;
    private readonly ScanProfile _profile;
    private readonly string _scratch;

    /// <param name="data">Folder of the audio task.</param>
    /// <param name="model">An ONNX file.</param>
    /// <exception cref="DataFileException">The model cannot be read, or is of another task.</exception>
    public ScanQualityBench(string data, string model, string sources, int seconds, int seed)
    {
        (_data, _sources, _seconds, _seed) = (data, sources, seconds, seed);
        _models.Add(LearnedModel.Open(model), model);
        _model = _models.Sound ?? throw new DataFileException(model, "this is no model of the audio task");
        // What is looked for besides costs time.
        var shipped = ScanProfile.Read("technical");
        _profile = new ScanProfile(
            shipped.Name,
            shipped.Dated,
            shipped.Source,
            Learned: shipped.Learned! with { Sound = SoundThresholds.Chosen });
        _scratch = Directory.CreateTempSubdirectory("fed-bench-quality-").FullName;
    }

    public void Dispose()
    {
        _models.Dispose();
        Directory.Delete(_scratch, recursive: true);
    }

    /// <summary>What the houses' validation recordings choose.</summary>
    public Task<IReadOnlyList<SoundThreshold>> ThresholdsAsync(CancellationToken cancel) => SoundThresholds.ChooseAsync(
        _model, Trials(house => Path.Combine("participants", house.Name, "validation.fqc")),
        SoundThresholds.Chosen, _scratch, cancel);

    /// <summary>Scans of held-out recordings.</summary>
    public async Task<IReadOnlyList<ScanQualityFigure>> HeldOutAsync(CancellationToken cancel)
    {
        var scanned = new List<(ScanReport Report, IReadOnlyList<PlacedFault> Faults)>();
        foreach (var trial in Trials(house => Path.Combine("test", house.Cluster + ".fqc")))
        {
            var file = Path.Combine(_scratch, await trial.EncodeAsync(new Ffmpeg(), _scratch, cancel));
            scanned.Add((await ScanAsync(file, cancel), trial.Faults));
        }

        return Figures(scanned);
    }

    /// <summary>Scans of all recordings below a folder, none of which has a fault, one after the other.</summary>
    /// <exception cref="DataFileException">There is none.</exception>
    /// <exception cref="MediaToolException">They cannot be joined.</exception>
    public async Task<IReadOnlyList<ScanQualityFigure>> OtherAsync(string folder, CancellationToken cancel)
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetExtension(file) is ".ogg" or ".flac" or ".wav")
                .Order(StringComparer.Ordinal),
        ];
        if (files.Length == 0)
            throw new DataFileException(folder, "there is no recording in this folder (.ogg, .flac, .wav)");
        var scanned = new List<(ScanReport Report, IReadOnlyList<PlacedFault> Faults)>();
        foreach (var some in files.Chunk(FilesEach))
        {
            var alike = some.Select((_, i) => $"[{i}:a:0]aformat=sample_rates=48000:channel_layouts=mono[a{i}];");
            var pads = some.Select((_, i) => $"[a{i}]");
            await new Ffmpeg().RunAsync(
                [
                    .. some.SelectMany(file => new[] { "-i", $"file:{Path.GetFullPath(file)}" }),
                    "-filter_complex", $"{string.Concat(alike)}{string.Concat(pads)}concat=n={some.Length}:v=0:a=1",
                    "-c:a", "flac", "joined.flac",
                ],
                _scratch,
                cancel);
            scanned.Add((await ScanAsync(Path.Combine(_scratch, "joined.flac"), cancel), []));
        }

        return Figures(scanned);
    }

    private IEnumerable<SpeechTrial> Trials(Func<AudioHousePlan, string> file)
    {
        IEnumerable<SpeechTrial> Make(IReadOnlyList<string> faults) => SpeechTrial.Make(
            _plan,
            _sources,
            house => FqcFile.Read(Path.Combine(_data, file(house))).Sources.ToHashSet(),
            _seconds,
            faults,
            _seed);

        return Make([]).Concat(Make(_plan.Test.Faults));
    }

    private async Task<ScanReport> ScanAsync(string file, CancellationToken cancel)
    {
        try
        {
            return await new MediaScanner(_profile, _models, TimeProvider.System).ScanAsync(file, null, cancel);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static List<ScanQualityFigure> Figures(
        IReadOnlyList<(ScanReport Report, IReadOnlyList<PlacedFault> Faults)> scanned) =>
        AudioClasses.Names.Skip(1).Select(name =>
        {
            var (hours, alarms, faults, found) = (0.0, 0, 0, 0);
            foreach (var (report, placed) in scanned)
            {
                var findings = report.Checks.Single(check => check.Check == $"learned.{name}").Findings;
                if (placed.Count == 0)
                {
                    hours += report.Duration / 3600;
                    alarms += findings.Count;
                }

                var own = placed.Where(each => each.Fault.Class == name).ToList();
                faults += own.Count;
                found += own.Count(each => findings.Any(each.Overlaps));
            }

            return new ScanQualityFigure($"learned.{name}", hours, alarms, faults, found);
        }).ToList();
}
