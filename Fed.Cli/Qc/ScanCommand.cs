using System.CommandLine;
using System.Text.Json;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Models;
using Fed.Contracts;
using Fed.MediaQc.Files;
using Fed.MediaQc.Learned;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.Cli.Qc;

/// <summary><c>fed qc scan FILE...</c>.</summary>
internal static class ScanCommand
{
    /// <summary>Findings at or above <c>--fail-on</c>.</summary>
    public const int Findings = 1;

    /// <summary>At least one file could not be scanned.</summary>
    public const int NotScanned = 2;

    private const string Never = "never";

    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Media and subtitle files, and folders of them; subtitles beside a film are scanned with it",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string> Profile = new("--profile")
    {
        Description = $"Limits: {string.Join(", ", ScanProfile.Names)}, or a file of your own",
        DefaultValueFactory = _ => ScanProfile.DefaultName,
    };

    private static readonly Option<string> FailOn = new Option<string>("--fail-on")
    {
        Description = $"Least severity that ends with exit code {Findings}",
        DefaultValueFactory = _ => Word(Severity.Error),
    }.AcceptOnlyFromAmong([.. Enum.GetValues<Severity>().Select(Word), Never]);

    private static readonly Option<string[]> Model = new("--model")
    {
        Description = "Model (.onnx, as 'fed model export' writes it) that looks for faults of pictures or of sound, "
            + "or compares subtitles with the sound, too; one of each kind may be given",
    };

    private static readonly Option<string[]> Federation = new("--federation")
    {
        Description = "Address of a federation, such as https://fed.example/codecs, whose stable version looks for "
            + "faults, too; it is kept for when the server cannot be reached",
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print the reports as one JSON document",
    };

    private static readonly Option<string?> Markers = new("--markers")
    {
        Description = "File for all findings: .csv, or .edl with markers that an editor imports (one film)",
    };

    private static readonly Option<string?> Html = new("--html")
    {
        Description = "File for a page that shows all: pictures, sound and findings along the length of each file",
    };

    private static readonly Option<string?> Ebu = new("--ebu")
    {
        Description = "File for an EBU QC report, XML of 2026-04 (one film)",
    };

    private static readonly Option<string?> Watch = new("--watch")
    {
        Description = "Folder whose files, and those below it, are scanned as they arrive, until Ctrl-C; what has a "
            + "report is not scanned again",
        HelpName = "FOLDER",
    };

    private static readonly Option<string?> Reports = new("--reports")
    {
        Description = $"With --watch: folder that gets FILE.json and FILE.html of each (default: {UsualReports} in it)",
        HelpName = "FOLDER",
    };

    private static readonly Option<double?> Settle = new("--settle")
    {
        Description = $"With --watch: seconds, 0.2 to 3600, that nobody may have written to a file (default "
            + $"{UsualSettle})",
        HelpName = "SECONDS",
    };

    private const string UsualReports = "qc-reports";

    private const double UsualSettle = 5;

    static ScanCommand() => Settle.Within(0.2, 3600, "--settle must be 0.2 to 3600 seconds");

    public static Command Create()
    {
        var command = new Command(
            "scan",
            "Measure pictures, sound and subtitles against a delivery profile. Nothing leaves this machine. Exit code "
            + $"0: nothing at or above --fail-on; {Findings}: findings; {NotScanned}: a file could not be scanned")
        {
            Files, Watch, Reports, Settle, Profile, Model, Federation, FailOn, Json, Markers, Html, Ebu,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Markers) is { } file && !MarkerFile.CanWrite(file))
                result.AddError($"--markers names '{file}'; it must end with .csv or .edl");
            // A film that is named by mistake would be written over.
            foreach (var (option, ending) in new[] { (Html, ".html"), (Ebu, ".xml") })
            {
                if (result.GetValue(option) is { } name && !name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                    result.AddError($"{option.Name} names '{name}'; it must end with {ending}");
            }
        });
        command.SetAction((parsed, cancel) => Failures.ReportAsync(
            "fed qc scan", () => RunAsync(parsed, cancel), cancel));
        return command;
    }

    /// <exception cref="ArgumentException">Options that do not go together.</exception>
    private static void RequireOneWay(ParseResult parsed)
    {
        var watches = parsed.GetValue(Watch) is not null;
        if (watches == parsed.GetValue(Files) is { Length: > 0 })
            throw new ArgumentException("give either files and folders to scan, or --watch with a folder");
        foreach (var option in watches ? (Option[])[Markers, Html, Ebu] : [Reports, Settle])
        {
            if (parsed.GetResult(option) is { Implicit: false })
            {
                throw new ArgumentException(watches
                    ? $"{option.Name} is for files that are named; with --watch each file has its report in --reports"
                    : $"{option.Name} goes with --watch");
            }
        }
    }

    private static string Word(Severity severity) => severity.ToString().ToLowerInvariant();

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        RequireOneWay(parsed);
        if (parsed.GetValue(Watch) is { } watched)
            return await WatchAsync(parsed, watched, cancel);
        var (markers, asJson) = (parsed.GetValue(Markers), parsed.GetValue(Json));
        var (html, ebu) = (parsed.GetValue(Html), parsed.GetValue(Ebu));
        foreach (var (file, option) in new[] { (markers, "--markers"), (html, "--html"), (ebu, "--ebu") })
        {
            if (file is not null)
                OutputFile.RequireWritable(file, option);
        }

        var profile = ScanProfile.Read(parsed.GetValue(Profile)!);
        using var models = await OpenModelsAsync(
            parsed, line => Console.Error.WriteLine(PlainText.Of($"fed qc scan: {line}")), cancel);
        var scanner = new MediaScanner(profile, models, TimeProvider.System);
        var (files, failures) = Expand(parsed.GetValue(Files)!);
        if (markers is not null && MarkerFile.IsEdl(markers) && files.Count > 1)
            throw new ArgumentException($"--markers {markers} is for one film, and these are {files.Count}; use .csv");
        if (ebu is not null && files.Count > 1)
            throw new ArgumentException($"--ebu {ebu} is for one film, and these are {files.Count}; scan one by one");
        var scanned = new List<ScannedFile>();
        var output = parsed.InvocationConfiguration.Output;
        foreach (var file in files)
        {
            try
            {
                scanned.Add(await ScanProgress.ShowAsync(file, !asJson, async progress =>
                {
                    var report = await scanner.ScanAsync(file, progress, cancel);
                    return html is null ? new(report, MediaPreview.None) : await WithPreviewAsync(report, cancel);
                }));
                if (!asJson)
                    ScanTables.Write(scanned[^1].Report, Screen.Create());
            }
            // Whatever it is: what the other files came to must not be lost, nor taken for findings.
            catch (Exception error) when (!cancel.IsCancellationRequested)
            {
                var reason = error is ScanException or MediaToolException or DataFileException ? error.Message : $"{file}: {error}";
                failures.Add(new(file, reason));
                if (!asJson)
                    await Console.Error.WriteLineAsync(PlainText.Of($"fed qc scan: {reason}"));
            }
        }

        var reports = scanned.ConvertAll(file => file.Report);
        if (markers is not null)
            await MarkerFile.WriteAsync(markers, reports, cancel);
        if (html is not null)
            await File.WriteAllTextAsync(html, ScanPage.Render(scanned, failures), cancel);
        if (ebu is not null && reports is [var only])
            await EbuReport.WriteAsync(ebu, only, profile, cancel);
        if (asJson)
            output.WriteLine(JsonSerializer.Serialize(new ScanDocument(reports, failures), FedJson.Indented));
        return ExitCodeOf(reports, failures.Count, parsed.GetValue(FailOn)!);
    }

    private static async Task<int> WatchAsync(ParseResult parsed, string folder, CancellationToken cancel)
    {
        var (failOn, output) = (parsed.GetValue(FailOn)!, parsed.InvocationConfiguration.Output);
        if (!Directory.Exists(folder))
            throw new ArgumentException($"--watch names '{folder}', which is no folder");
        var profile = ScanProfile.Read(parsed.GetValue(Profile)!);
        var warned = new HashSet<string>();
        // What is wrong with a model is said before anything arrives.
        using var models = new CurrentModels(await OpenModelsAsync(parsed, Warn, cancel));
        var reports = parsed.GetValue(Reports) ?? Path.Combine(folder, UsualReports);
        using var own = new WatchLock(reports);
        if (!parsed.GetValue(Json))
            output.WriteLine(PlainText.Of($"watching {folder}; reports go to {reports}; Ctrl-C ends"));
        var watch = new ScanWatch(
            folder,
            reports,
            TimeSpan.FromSeconds(parsed.GetValue(Settle) ?? UsualSettle),
            ScanAsync,
            (file, report) => output.WriteLine(parsed.GetValue(Json)
                ? JsonSerializer.Serialize(
                    new { File = file, Result = Result(report, failOn), report.Report, report.Failure },
                    FedJson.Options)
                : PlainText.Of(
                    $"{Result(report, failOn),-11}  {Path.GetRelativePath(folder, file)}: {Text(report)}")),
            text => Console.Error.WriteLine(PlainText.Of($"fed qc scan: {text}")));
        await watch.RunAsync(TimeProvider.System, cancel);
        return ExitCode.Success;

        async Task<ScannedFile> ScanAsync(string file, CancellationToken stop)
        {
            // The federation's stable version may have moved since the last file.
            if (parsed.GetValue(Federation) is { Length: > 0 })
                await models.RenewAsync(() => OpenModelsAsync(parsed, Warn, stop), Warn, stop);
            var scanner = new MediaScanner(profile, models.Models, TimeProvider.System);
            return await WithPreviewAsync(await scanner.ScanAsync(file, null, stop), stop);
        }

        void Warn(string text)
        {
            if (warned.Add(text))
                Console.Error.WriteLine(PlainText.Of($"fed qc scan: {text}"));
        }

        static string Text(WatchReport report) => report.Report is { } scanned
            ? ScanTables.Summary(scanned)
            : report.Failure!;
    }

    /// <summary>A word for each exit code that a scan of this file alone would have.</summary>
    private static string Result(WatchReport report, string failOn) =>
        ExitCodeOf(report.Report is { } scanned ? [scanned] : [], report.Failure is null ? 0 : 1, failOn) switch
        {
            ExitCode.Success => "pass",
            Findings => "fail",
            _ => "not scanned",
        };

    private static async Task<ScannedFile> WithPreviewAsync(ScanReport report, CancellationToken cancel) => new(
        report, await MediaPreview.MakeAsync(report.File, report.Streams, ScanTimeline.LengthOf(report), cancel));

    /// <param name="notice">Told that a kept model is used.</param>
    private static async Task<LearnedModels> OpenModelsAsync(
        ParseResult parsed, Action<string> notice, CancellationToken cancel)
    {
        var models = new LearnedModels();
        try
        {
            foreach (var file in parsed.GetValue(Model) ?? [])
                models.Add(LearnedModel.Open(file), file);
            foreach (var federation in parsed.GetValue(Federation) ?? [])
                models.Add(await FetchAsync(FederationAddress.Parse(federation), notice, cancel), federation);
            return models;
        }
        catch
        {
            models.Dispose();
            throw;
        }
    }

    private static async Task<LearnedModel> FetchAsync(
        FederationAddress address, Action<string> notice, CancellationToken cancel)
    {
        try
        {
            return await new StableModel(StableModel.UsualFolder).GetAsync(address, notice, cancel);
        }
        // Its usual exit code says here that there are findings.
        catch (Exception error) when (Failures.IsOutage(error) && !cancel.IsCancellationRequested)
        {
            throw new AgentException(NotScanned, $"{Failures.Explain(error).Message}; nothing was scanned", error);
        }
    }

    private static int ExitCodeOf(IEnumerable<ScanReport> reports, int failures, string failOn)
    {
        if (failures > 0)
            return NotScanned;
        if (failOn == Never)
            return ExitCode.Success;
        var least = Enum.Parse<Severity>(failOn, ignoreCase: true);
        return reports.Any(report => report.Worst() >= least) ? Findings : ExitCode.Success;
    }

    /// <summary>Folders become the files in them.</summary>
    private static (IReadOnlyList<string> Files, List<ScanFailure> Failures) Expand(IEnumerable<string> named)
    {
        var (files, failures) = (new List<string>(), new List<ScanFailure>());
        foreach (var name in named)
        {
            if (!Directory.Exists(name))
            {
                files.Add(name);
                continue;
            }

            var known = failures.Count;
            var found = MediaScanner.FilesIn(name, refused => failures.Add(new(name, refused.Message)));
            files.AddRange(found.Select(file => file.Path));
            if (found.Count == 0 && failures.Count == known)
                failures.Add(new(name, $"{name}: there is no media file in this folder"));
        }

        foreach (var failure in failures)
            Console.Error.WriteLine(PlainText.Of($"fed qc scan: {failure.Reason}"));
        return (files, failures);
    }
}

/// <summary>What <c>--json</c> prints.</summary>
internal sealed record ScanDocument(IReadOnlyList<ScanReport> Reports, IReadOnlyList<ScanFailure> Failures);

/// <summary>A file that could not be scanned, and why.</summary>
internal sealed record ScanFailure(string File, string Reason);

/// <summary>The models of a watch, which goes on with those that it has.</summary>
internal sealed class CurrentModels(LearnedModels models) : IDisposable
{
    public LearnedModels Models { get; private set; } = models;

    /// <param name="warn">Told why the former ones stay.</param>
    public async Task RenewAsync(Func<Task<LearnedModels>> open, Action<string> warn, CancellationToken cancel)
    {
        try
        {
            var renewed = await open();
            Models.Dispose();
            Models = renewed;
        }
        catch (Exception error) when (!cancel.IsCancellationRequested)
        {
            warn($"{Failures.Explain(error).Message}; the models from before are used");
        }
    }

    public void Dispose() => Models.Dispose();
}
