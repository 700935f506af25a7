using System.CommandLine;
using System.Diagnostics;
using Fed.MediaQc.Files;
using Fed.MediaQc.Learned;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.Bench;

/// <summary><c>fed bench scan</c>: a scan beside ffmpeg that decodes the same file and throws it away.</summary>
public static class ScanBenchCommand
{
    public static Command Create()
    {
        var json = JsonFile.Option();
        var seconds = WholeNumber.Option("--seconds", "length of the film that is made", 2, 3600, 20);
        var runs = WholeNumber.Option("--runs", "of each, in turns", 1, 100, 3);
        var file = new Option<FileInfo?>("--file") { Description = "scan this file; default: films that are made" };
        var model = new Option<string[]>("--model")
        {
            Description = "scan with this model (.onnx), too; one of each kind may be given",
        };
        var command = new Command(
            "scan",
            "seconds that a scan takes, with and without models, beside ffmpeg decoding the same file to nowhere")
        {
            json, seconds, runs, file, model,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                using var models = Open(parsed.GetValue(model) ?? []);
                var bench = new ScanBench(parsed.GetValue(runs), models);
                var figures = parsed.GetValue(file) is { } given
                    ? [await bench.RunAsync(given.FullName, given.Name, cancellation)]
                    : await bench.RunAsync(parsed.GetValue(seconds), cancellation);
                foreach (var row in figures)
                {
                    Console.WriteLine(
                        $"{row.File}, {row.Seconds:0.0} s: decoded in {row.NullSeconds:0.00} s, scanned in "
                        + $"{row.ScanSeconds:0.00}, {row.Ratio:0.00} times that; {row.TimesRealTime:0.0} x real time; "
                        + $"{row.PeakMb:0} MB");
                    if (row.Learned is { } learned)
                    {
                        Console.WriteLine(
                            $"  with models in {learned.ScanSeconds:0.00}, {learned.Ratio:0.00} times a scan without; "
                            + $"{learned.PeakMb:0} MB");
                    }
                }

                JsonFile.Write(parsed.GetValue(json), new { Scan = figures });
                return 0;
            }
            catch (Exception error) when (error is MediaToolException or ScanException or DataFileException)
            {
                await Console.Error.WriteLineAsync($"fed bench: {error.Message}");
                return 1;
            }
        });
        return command;
    }

    /// <returns>Null: none was named.</returns>
    private static LearnedModels? Open(string[] files)
    {
        if (files.Length == 0)
            return null;
        var models = new LearnedModels();
        foreach (var file in files)
            models.Add(LearnedModel.Open(file), file);
        return models;
    }
}

/// <summary>What one file took, by the clock, medians.</summary>
/// <param name="Seconds">Of film.</param>
/// <param name="NullSeconds">ffmpeg to the null muxer.</param>
/// <param name="ScanSeconds">All checks of the default profile.</param>
/// <param name="Ratio">Of the second to the first.</param>
/// <param name="TimesRealTime">Seconds of film for a second of scanning.</param>
/// <param name="PeakMb">The most memory that this process had until then, without ffmpeg; 10^6 bytes.</param>
/// <param name="Learned">With models; null: there are none.</param>
public sealed record ScanFigure(
    string File,
    double Seconds,
    double NullSeconds,
    double ScanSeconds,
    double Ratio,
    double TimesRealTime,
    double PeakMb,
    LearnedFigure? Learned);

/// <summary>The same scan with models.</summary>
/// <param name="Ratio">To the scan without.</param>
/// <param name="PeakMb">See <see cref="ScanFigure"/>: it only grows from file to file.</param>
public sealed record LearnedFigure(double ScanSeconds, double Ratio, double PeakMb);

/// <summary>Scans and decodes in turns, so that both meet the same machine.</summary>
/// <param name="models">To scan with, too; null: none.</param>
public sealed class ScanBench(int runs, LearnedModels? models = null)
{
    /// <summary>1080p25 with stereo sound: a codec that decodes easily, and one that does not.</summary>
    private static readonly (string File, string Options)[] s_films =
    [
        ("mpeg2-1080p25.ts", "-c:v mpeg2video -b:v 30M -c:a mp2"),
        ("h264-1080p25.mp4", "-c:v libx264 -preset veryfast -b:v 8M -c:a aac"),
    ];

    public async Task<IReadOnlyList<ScanFigure>> RunAsync(int seconds, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("fed-bench-scan-").FullName;
        try
        {
            var figures = new List<ScanFigure>();
            foreach (var (file, options) in s_films)
            {
                var source = $"-f lavfi -i testsrc2=s=1920x1080:r=25:d={seconds},noise=alls=8:allf=t "
                    + $"-f lavfi -i anoisesrc=r=48000:d={seconds}:c=pink:a=0.3 -ac 2 -pix_fmt yuv420p {options} {file}";
                await new Ffmpeg().RunAsync(source.Split(' '), folder, cancellation);
                figures.Add(await RunAsync(Path.Combine(folder, file), file, cancellation));
            }

            return figures;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <param name="name">As the figure has it.</param>
    public async Task<ScanFigure> RunAsync(string path, string name, CancellationToken cancellation)
    {
        var profile = ScanProfile.Read(ScanProfile.DefaultName);
        var scanner = new MediaScanner(profile, models: null, TimeProvider.System);
        var looking = models is null ? null : new MediaScanner(profile, models, TimeProvider.System);
        // Also reads the file into the page cache for all.
        var report = await scanner.ScanAsync(path, null, cancellation);
        var peak = PeakMb();
        if (looking is not null)
            await looking.ScanAsync(path, null, cancellation);
        var peakLooking = PeakMb();
        var (decoded, scanned, looked) = (new double[runs], new double[runs], new double[runs]);
        for (var run = 0; run < runs; run++)
        {
            decoded[run] = await SecondsAsync(() => new Ffmpeg().RunAsync(
                ["-i", $"file:{path}", "-f", "null", "-"], Path.GetTempPath(), cancellation));
            scanned[run] = await SecondsAsync(() => scanner.ScanAsync(path, null, cancellation));
            if (looking is not null)
                looked[run] = await SecondsAsync(() => looking.ScanAsync(path, null, cancellation));
        }

        var (nothing, scan, learned) = (Median(decoded), Median(scanned), Median(looked));
        return new ScanFigure(
            name,
            report.Duration,
            nothing,
            scan,
            scan / nothing,
            report.Duration / scan,
            peak,
            looking is null ? null : new LearnedFigure(learned, learned / scan, peakLooking));
    }

    private static double PeakMb() => Measure.MemoryMb(Environment.ProcessId, "VmHWM");

    private static async Task<double> SecondsAsync(Func<Task> run)
    {
        var start = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
