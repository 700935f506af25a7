using System.CommandLine;
using System.Diagnostics;
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
        var command = new Command("scan", "seconds that a scan takes, beside ffmpeg decoding the same file to nowhere")
        {
            json, seconds, runs, file,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                var bench = new ScanBench(parsed.GetValue(runs));
                var figures = parsed.GetValue(file) is { } given
                    ? [await bench.RunAsync(given.FullName, given.Name, cancellation)]
                    : await bench.RunAsync(parsed.GetValue(seconds), cancellation);
                foreach (var row in figures)
                {
                    Console.WriteLine(
                        $"{row.File}, {row.Seconds:0.0} s: decoded in {row.NullSeconds:0.00} s, scanned in "
                        + $"{row.ScanSeconds:0.00}, {row.Ratio:0.00} times that; {row.TimesRealTime:0.0} x real time");
                }

                JsonFile.Write(parsed.GetValue(json), new { Scan = figures });
                return 0;
            }
            catch (Exception error) when (error is MediaToolException or ScanException)
            {
                await Console.Error.WriteLineAsync($"fed bench: {error.Message}");
                return 1;
            }
        });
        return command;
    }
}

/// <summary>What one file took, by the clock, medians.</summary>
/// <param name="Seconds">Of film.</param>
/// <param name="NullSeconds">ffmpeg to the null muxer.</param>
/// <param name="ScanSeconds">All checks of the default profile.</param>
/// <param name="Ratio">Of the second to the first.</param>
/// <param name="TimesRealTime">Seconds of film for a second of scanning.</param>
public sealed record ScanFigure(
    string File, double Seconds, double NullSeconds, double ScanSeconds, double Ratio, double TimesRealTime);

/// <summary>Scans and decodes in turns, so that both meet the same machine.</summary>
public sealed class ScanBench(int runs)
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
        var scanner = new MediaScanner(ScanProfile.Read(ScanProfile.DefaultName), models: null, TimeProvider.System);
        // Also reads the file into the page cache for both.
        var report = await scanner.ScanAsync(path, null, cancellation);
        var (decoded, scanned) = (new double[runs], new double[runs]);
        for (var run = 0; run < runs; run++)
        {
            decoded[run] = await SecondsAsync(() => new Ffmpeg().RunAsync(
                ["-i", $"file:{path}", "-f", "null", "-"], Path.GetTempPath(), cancellation));
            scanned[run] = await SecondsAsync(() => scanner.ScanAsync(path, null, cancellation));
        }

        var (nothing, scan) = (Median(decoded), Median(scanned));
        return new ScanFigure(name, report.Duration, nothing, scan, scan / nothing, report.Duration / scan);
    }

    private static async Task<double> SecondsAsync(Func<Task> run)
    {
        var start = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
