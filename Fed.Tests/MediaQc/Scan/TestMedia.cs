using System.Globalization;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;
using Fed.Tests.MediaQc.Cues;

namespace Fed.Tests.MediaQc.Scan;

/// <summary>A folder of small media files that ffmpeg makes.</summary>
public sealed class TestMedia : IDisposable
{
    /// <summary>Moves everywhere, and has neither black nor fine horizontal lines. Colours that are not named are others
    /// each time, whatever the seed.</summary>
    public const string Pictures =
        "gradients=s=160x120:r=25:speed=0.05:nb_colors=4:seed=3:c0=red:c1=white:c2=blue:c3=yellow";

    /// <summary>EBU Tech 3341, test signal 1, is so loud: stereo, 1 kHz, -23 dBFS.</summary>
    public static string Tone(double decibels, double seconds)
    {
        var wave = FormattableString.Invariant($"{Math.Pow(10, decibels / 20)}*sin(2*PI*1000*t)");
        return FormattableString.Invariant($"aevalsrc={wave}|{wave}:s=48000:d={seconds}");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("fed-media-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <param name="arguments">Words of ffmpeg's command line before the output; within '...' blanks do not part
    /// them.</param>
    public async Task<string> MakeAsync(string name, string arguments)
    {
        // Whatever the name is, ffmpeg writes to a plain one.
        var plain = "made" + Path.GetExtension(name);
        var words = arguments.Split('\'').SelectMany((part, at) => at % 2 == 1
            ? [part]
            : part.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        await new Ffmpeg().RunAsync([.. words, plain], Folder, CancellationToken.None);
        File.Move(PathOf(plain), PathOf(name), overwrite: true);
        return PathOf(name);
    }

    /// <summary>A WAV file of these stretches and two seconds behind the last.</summary>
    public async Task<string> SpeakAsync(string name, (double Start, double End)[] speech)
    {
        var sound = SyntheticSpeech.Speak(speech, speech[^1].End + 2);
        await File.WriteAllBytesAsync(PathOf(name), SyntheticSpeech.Wav(sound));
        return PathOf(name);
    }

    /// <summary>An SRT file.</summary>
    public async Task<string> WriteCuesAsync(string name, IEnumerable<TimedCue> cues)
    {
        var blocks = cues.Index().Select(each => string.Create(
            CultureInfo.InvariantCulture,
            $"{each.Index + 1}\n{Time(each.Item.Start)} --> {Time(each.Item.End)}\n{new string('a', each.Item.Letters)}\n"));
        await File.WriteAllTextAsync(PathOf(name), string.Join('\n', blocks));
        return PathOf(name);

        static string Time(double seconds) => TimeSpan.FromSeconds(Math.Max(0, seconds))
            .ToString(@"hh\:mm\:ss\,fff", CultureInfo.InvariantCulture);
    }

    public static Task<ScanReport> ScanAsync(string path, string profile = "technical") =>
        new MediaScanner(ScanProfile.Read(profile), models: null, TimeProvider.System).ScanAsync(path, null, CancellationToken.None);
}

internal static class ReportAssertions
{
    public static CheckResult Of(this ScanReport report, CheckInfo check) =>
        Assert.Single(report.Checks, each => each.Check == check.Name);

    /// <summary>One finding, from and to these seconds, within a tenth (or so many).</summary>
    public static Finding AssertFound(
        this ScanReport report, CheckInfo check, double start, double end, double within = 0.1)
    {
        var finding = Assert.Single(report.Of(check).Findings);
        Assert.InRange(finding.Start, start - within, start + within);
        Assert.InRange(finding.End, end - within, end + within);
        return finding;
    }

    public static void AssertPassed(this ScanReport report, CheckInfo check) =>
        Assert.Equal(Verdict.Pass, report.Of(check).Verdict);

    public static void AssertNotApplicable(this ScanReport report, CheckInfo check, string reason)
    {
        Assert.Equal(Verdict.NotApplicable, report.Of(check).Verdict);
        Assert.Contains(reason, report.Of(check).Reason, StringComparison.Ordinal);
    }
}
