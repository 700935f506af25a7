using System.CommandLine;
using System.Globalization;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.Bench;

/// <summary><c>fed bench picture-quality</c>: what learned checks of pictures find, and what they should not.</summary>
public static class PictureQualityCommand
{
    /// <summary>Long enough that a cut is none.</summary>
    private const double Seconds = 1.5;

    public static Command Create()
    {
        var json = JsonFile.Option();
        var model = new Option<string>("--model")
        {
            Description = "model of the video task, ONNX",
            DefaultValueFactory = _ =>
                Path.Combine("data", "models", TaskNames.FolderOf(TaskNames.Video) + ".onnx"),
        };
        var sources = new Option<string>("--sources")
        {
            Description = "directory below which the paths of the images lie",
            DefaultValueFactory = _ => "/",
        };
        var films = new Option<FileInfo[]>("--films")
        {
            Description = "other films, which are scanned, too",
            AllowMultipleArgumentsPerToken = true,
        };
        var scenes = WholeNumber.Option("--scenes", "of each house", 1, 100, 6);
        var seed = WholeNumber.Option("--seed", "of the scenes", 0, int.MaxValue, 1);
        var command = new Command(
            "picture-quality",
            "Faults of pictures that learned checks find, and their false alarms an hour, in scenes of held-out "
            + "images; and the limits that scenes of the houses' own images give")
        {
            json, model, sources, films, scenes, seed,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                using var models = new LearnedModels();
                models.Add(LearnedModel.Open(parsed.GetValue(model)!), parsed.GetValue(model)!);
                var pictures = models.Pictures
                    ?? throw new DataFileException(parsed.GetValue(model)!, "this is no model of the video task");
                var any = QcClasses.Names.Skip(1).ToDictionary(name => name, _ => new PictureLimit(1, Seconds));
                var chosen = (await RunAsync(heldOut: false)).Choose(any);
                Show("own images", chosen);
                var limits = chosen.ToDictionary(row => row.Class, row => row.Limit);
                var heldOut = (await RunAsync(heldOut: true)).Judge(limits);
                Show("held out", heldOut);
                var other = new List<FilmFigure>();
                foreach (var film in parsed.GetValue(films) ?? [])
                    other.Add(await ScanAsync(film.FullName, models, limits, cancellation));
                JsonFile.Write(parsed.GetValue(json), new { Chosen = chosen, HeldOut = heldOut, Films = other });
                return 0;

                Task<PictureTrials> RunAsync(bool heldOut) => PictureTrials.RunAsync(
                    pictures,
                    parsed.GetValue(sources)!,
                    heldOut,
                    parsed.GetValue(scenes),
                    parsed.GetValue(seed),
                    cancellation);
            }
            catch (Exception error) when (error is DataFileException or MediaToolException or ScanException)
            {
                await Console.Error.WriteLineAsync($"fed bench: {error.Message}");
                return 1;
            }
        });
        return command;
    }

    private static async Task<FilmFigure> ScanAsync(
        string file, LearnedModels models, Dictionary<string, PictureLimit> limits, CancellationToken cancel)
    {
        var shipped = ScanProfile.Read("technical");
        // What is looked for besides costs time.
        var profile = new ScanProfile(
            shipped.Name, shipped.Dated, shipped.Source, Learned: new LearnedLimit(Severity.Warning, limits));
        var report = await new MediaScanner(profile, models, TimeProvider.System).ScanAsync(file, null, cancel);
        var learned = report.Checks
            .Where(check => check.Check.StartsWith("learned.", StringComparison.Ordinal)).ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetFileName(file)}, {report.Duration:0.0} s: ") + string.Join(", ", learned.Select(check =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{check.Check["learned.".Length..]} {check.Measured:0.00} ({check.Findings.Count} findings)"))));
        return new FilmFigure(
            Path.GetFileName(file),
            report.Duration,
            learned.ToDictionary(check => check.Check, check => check.Findings.Count));
    }

    private static void Show(string what, IEnumerable<PictureFigure> figures)
    {
        foreach (var row in figures)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {row.Class} from {row.Limit.Share} over {row.Limit.Seconds} s: {row.FalseAlarms} "
                + $"false alarms in {row.CleanHours:0.00} h, {row.Found} of {row.Faults} found"));
        }
    }
}

/// <summary>What a scan of a film came to.</summary>
/// <param name="Findings">By check.</param>
public sealed record FilmFigure(string File, double Seconds, IReadOnlyDictionary<string, int> Findings);
