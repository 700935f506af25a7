using System.CommandLine;
using System.Globalization;
using System.Text;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Plates;

namespace Fed.Bench;

/// <summary><c>fed bench plates</c>: plates that a detector finds in whole pictures, and what it takes for one.
/// docs/plates.md on request.</summary>
public static class PlateBenchCommand
{
    public static Command Create()
    {
        var json = JsonFile.Option();
        var model = new Option<string>("--model")
        {
            Description = "model of the plate task, ONNX",
            DefaultValueFactory = _ => Path.Combine("data", "models", TaskNames.FolderOf(TaskNames.Plates) + ".onnx"),
        };
        var sources = new Option<string>("--sources")
        {
            Description = "directory below which the paths of the photographs and fonts lie",
            DefaultValueFactory = _ => "/",
        };
        var thresholds = new Option<double[]>("--threshold")
        {
            Description = "probability from which a window is a plate, above 0 to 1; several are compared",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [PlateDetector.UsualThreshold],
        };
        thresholds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double[]>()?.Any(one => one is not (> 0 and <= 1)) == true)
                result.AddError("--threshold must be above 0, at most 1");
        });
        var pictures = WholeNumber.Option("--pictures", "of each site", 3, 1000, 60);
        var seed = WholeNumber.Option("--seed", "of the pictures", 0, int.MaxValue, 1);
        var own = new Option<bool>("--own")
        {
            Description = "pictures of the houses' own material, to choose a threshold by",
        };
        var write = new Option<bool>("--write") { Description = "write the tables into docs/plates.md" };
        var command = new Command(
            "plates", "Licence plates that are found in whole made pictures of held-out content, and false regions")
        {
            json, model, sources, thresholds, pictures, seed, own, write,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                var trials = await PlateTrials.MakeAsync(
                    PlatePlan.Default(), parsed.GetValue(sources)!, parsed.GetValue(pictures), parsed.GetValue(seed),
                    parsed.GetValue(own), cancellation);
                var all = new List<object>();
                foreach (var threshold in parsed.GetValue(thresholds)!)
                {
                    using var detector = PlateDetector.Open(parsed.GetValue(model)!, threshold);
                    var results = trials.Try(detector);
                    var text = PlateTable.Text(results, threshold);
                    Console.WriteLine(text);
                    all.Add(new { Threshold = threshold, detector.Source, Results = results });
                    if (parsed.GetValue(write))
                        MeasuredPart.Write(Repository.Path("docs", "plates.md"), PlateTable.Head() + text);
                }

                JsonFile.Write(parsed.GetValue(json), all);
                return 0;
            }
            catch (Exception error) when (error is DataFileException or MediaToolException)
            {
                await Console.Error.WriteLineAsync($"fed bench: {error.Message}");
                return 1;
            }
        });
        return command;
    }
}

/// <summary>The measured part of docs/plates.md.</summary>
internal static class PlateTable
{
    private static readonly (double From, double To)[] s_heights = [(0, 12), (12, 16), (16, 24), (24, 40), (40, 80), (80, 1000)];

    public static string Head() =>
        $"Written by `./fed bench plates --write`, not by hand, on: {MachineDescription.Text()}.\n\n";

    public static string Text(IReadOnlyList<PlateTrialPictures> results, double threshold)
    {
        var sites = results.Where(one => one.Site is not null).ToList();
        var plates = sites.SelectMany(one => one.Plates).ToList();
        var bare = results.First(one => one.Site is null);
        var times = sites.SelectMany(one => one.Milliseconds).Order().ToArray();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Threshold {threshold}. {sites.Sum(one => one.Pictures)} pictures of ");
        text.Append(CultureInfo.InvariantCulture, $"1280x720, {plates.Count} plates; {times[times.Length / 2]:0} ms a ");
        text.Append(CultureInfo.InvariantCulture, $"picture (median; nine of ten below {times[times.Length * 9 / 10]:0} ms).\n\n");
        text.Append("|site|plates|found|false regions a picture|\n|-|-:|-:|-:|\n");
        foreach (var site in sites)
            text.Append(CultureInfo.InvariantCulture, $"|{site.Site}|{Cells(site.Plates)}|{PerPicture(site)}|\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"|the {bare.Pictures} photographs without a plate|0|-|{PerPicture(bare)}|\n\n");
        text.Append("|plates|number|found|\n|-|-:|-:|\n");
        foreach (var (from, to) in s_heights)
        {
            var name = from == 0 ? $"below {to} pixels high" : to == 1000 ? $"{from} and more" : $"{from} to {to}";
            Row(text, name, plates.Where(plate => plate.Height >= from && plate.Height < to));
        }

        Row(text, "of countries that houses have", plates.Where(plate => !plate.IsNew));
        Row(text, "of countries that no house has", plates.Where(plate => plate.IsNew));
        foreach (var country in plates.Where(plate => plate.IsNew).GroupBy(plate => plate.Country)
            .OrderBy(country => country.Key, StringComparer.Ordinal))
        {
            Row(text, $"of these, {country.Key}", country);
        }

        Row(text, "of two lines", plates.Where(plate => plate.TwoLines));
        Row(text, "all", plates);
        return text.Append('\n').ToString();
    }

    private static void Row(StringBuilder text, string name, IEnumerable<PlateTrial> plates) =>
        text.Append(CultureInfo.InvariantCulture, $"|{name}|{Cells([.. plates])}|\n");

    private static string Cells(IReadOnlyList<PlateTrial> plates) => plates.Count == 0
        ? "0|-"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{plates.Count}|{100.0 * plates.Count(plate => plate.Found) / plates.Count:0.0} %");

    private static string PerPicture(PlateTrialPictures site) =>
        string.Create(CultureInfo.InvariantCulture, $"{(double)site.False / site.Pictures:0.00}");
}
