using System.CommandLine;
using System.Text.Json;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Contracts;
using Fed.MediaQc.Anonymise;
using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.Cli.Qc;

/// <summary><c>fed qc anonymise FILE... --out FILE|FOLDER</c>.</summary>
internal static class AnonymiseCommand
{
    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Films and still pictures, and folders of them",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "File for the result, or folder when there are several; containers stay what they are",
        HelpName = "FILE|FOLDER",
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Only report what would be blurred",
    };

    private static readonly Option<string> With = new Option<string>("--with")
    {
        Description = "What replaces a region; fill is black, of which nothing can be told",
        DefaultValueFactory = _ => Word(Cover.Blur),
    }.AcceptOnlyFromAmong([.. Enum.GetValues<Cover>().Select(Word)]);

    private static readonly Option<double> Faces = new("--faces")
    {
        Description = $"Confidence, {AnonymiseOptions.LeastFollowed} to 1, that a face reaches in one picture at least; "
            + "less finds more, also what is none",
        DefaultValueFactory = _ => new AnonymiseOptions().Faces,
    };

    private static readonly Option<double> Plates = new("--plates")
    {
        Description = "Likewise, of a licence plate, which a --model of plates finds",
        DefaultValueFactory = _ => new AnonymiseOptions().Plates,
    };

    private static readonly Option<double> Smallest = new("--smallest")
    {
        Description = "Side of the smallest face that is looked for, 1 to 100 percent of the picture's shorter side; "
            + "less takes longer",
        DefaultValueFactory = _ => new AnonymiseOptions().Smallest,
    };

    private static readonly Option<string[]> Model = new("--model")
    {
        Description = "Model of licence plates (.onnx, as 'fed model export' writes it); what it finds is blurred, too",
    };

    private static readonly Option<string?> Also = new("--also")
    {
        Description = "File (JSON) of regions that a person has seen, which are blurred, too",
    };

    private static readonly Option<string?> Encoder = new Option<string?>("--encoder")
    {
        Description = "Encoder of the pictures (default: that of the source where the container takes it)",
    }.AcceptOnlyFromAmong([.. PictureEncoder.Names]);

    private static readonly Option<int?> Quality = new("--quality")
    {
        Description = "Of the encoder, 0 to 63, in its own scale, mostly less is better (default: hardly visible loss)",
    };

    private static readonly Option<bool> Force = new("--force") { Description = "Replace files that stand there" };

    private static readonly Option<string?> Json = new("--json")
    {
        Description = "File for the report as JSON; - prints it in place of the tables",
        HelpName = "FILE|-",
    };

    static AnonymiseCommand()
    {
        Faces.Within(AnonymiseOptions.LeastFollowed, 1, $"--faces must be {AnonymiseOptions.LeastFollowed} to 1");
        Plates.Within(AnonymiseOptions.LeastFollowed, 1, $"--plates must be {AnonymiseOptions.LeastFollowed} to 1");
        Smallest.Within(1, 100, "--smallest must be 1 to 100 percent");
        Quality.Within(0, 63, "--quality must be 0 to 63");
    }

    public static Command Create()
    {
        var command = new Command(
            "anonymise",
            "Blur faces and licence plates in films and pictures before they are handed to others. No detector finds "
            + "everything: somebody has to look at the result. Nothing leaves this machine. Exit code 0: done; "
            + $"{ScanCommand.NotScanned}: a file could not be")
        {
            Files, Out, DryRun, With, Faces, Plates, Smallest, Model, Also, Encoder, Quality, Force, Json,
        };
        command.SetAction((parsed, cancel) => Failures.ReportAsync(
            "fed qc anonymise", () => RunAsync(parsed, cancel), cancel));
        return command;
    }

    private static string Word(Cover cover) => cover.ToString().ToLowerInvariant();

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var (json, isDry) = (parsed.GetValue(Json), parsed.GetValue(DryRun));
        if (isDry == parsed.GetValue(Out) is not null)
            throw new ArgumentException("give either --out with a file or folder, or --dry-run");
        if (json is not null and not "-")
            OutputFile.RequireWritable(json, "--json");
        var (files, failures) = AnonymiseFiles.Expand(
            parsed.GetValue(Files)!, parsed.GetValue(Out), parsed.GetValue(Force));
        foreach (var failure in failures)
            await Console.Error.WriteLineAsync(PlainText.Of($"fed qc anonymise: {failure.Reason}"));
        var (also, models) = (parsed.GetValue(Also), parsed.GetValue(Model) ?? []);
        RequireApart(json, [.. files.SelectMany(each => new[] { each.File, each.Output }), .. models, also]);
        var known = also is null ? KnownRegions.None : KnownRegions.Read(also);
        known.RequireFiles(also ?? "", files.Select(each => each.File));
        var options = new AnonymiseOptions(
            Enum.Parse<Cover>(parsed.GetValue(With)!, ignoreCase: true),
            parsed.GetValue(Faces),
            parsed.GetValue(Plates),
            parsed.GetValue(Smallest),
            parsed.GetValue(Encoder),
            parsed.GetValue(Quality));
        using var anonymiser = new Anonymiser(
            [
                () => new FaceDetector(options.Smallest / 100, AnonymiseOptions.LeastFollowed),
                .. models.Select(model => (Func<IRegionDetector>)(() => RegionDetectors.Open(model))),
            ],
            known,
            options,
            TimeProvider.System);
        var reports = await RunAsync(anonymiser, files, failures, json != "-", cancel);
        await WriteAsync(new(AnonymiseReport.Caution, reports, failures), json, parsed, cancel);
        return failures.Count > 0 ? ScanCommand.NotScanned : ExitCode.Success;
    }

    /// <exception cref="ArgumentException">The report would be written over one of these.</exception>
    private static void RequireApart(string? json, IEnumerable<string?> used)
    {
        if (json is null or "-")
            return;
        var report = AnonymiseFiles.Real(json);
        if (used.OfType<string>().FirstOrDefault(file => AnonymiseFiles.Real(file) == report) is { } file)
            throw new ArgumentException($"--json would be written over '{file}'; give a file of its own");
    }

    private static async Task<List<AnonymiseReport>> RunAsync(
        Anonymiser anonymiser,
        IReadOnlyList<(string File, string? Output)> files,
        List<ScanFailure> failures,
        bool isForPeople,
        CancellationToken cancel)
    {
        var reports = new List<AnonymiseReport>();
        foreach (var (file, output) in files)
        {
            try
            {
                reports.Add(await ScanProgress.ShowAsync(
                    file, isForPeople, progress => anonymiser.RunAsync(file, output, progress, cancel)));
                if (isForPeople)
                    AnonymiseTables.Write(reports[^1], Screen.Create());
            }
            // Whatever it is: the other files are to be done.
            catch (Exception error) when (!cancel.IsCancellationRequested)
            {
                var reason = error is ScanException or MediaToolException or DataFileException
                    ? error.Message
                    : $"{file}: {error}";
                failures.Add(new(file, reason));
                await Console.Error.WriteLineAsync(PlainText.Of($"fed qc anonymise: {reason}"));
            }
        }

        return reports;
    }

    private static async Task WriteAsync(
        AnonymiseDocument document, string? json, ParseResult parsed, CancellationToken cancel)
    {
        if (json is null)
            return;
        var text = JsonSerializer.Serialize(document, FedJson.Indented);
        if (json == "-")
            await parsed.InvocationConfiguration.Output.WriteLineAsync(text);
        else
            await File.WriteAllTextAsync(json, text, cancel);
    }
}

/// <summary>What <c>--json</c> writes.</summary>
internal sealed record AnonymiseDocument(
    string Caution, IReadOnlyList<AnonymiseReport> Reports, IReadOnlyList<ScanFailure> Failures);
