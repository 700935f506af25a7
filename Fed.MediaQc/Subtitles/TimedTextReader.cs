using System.Globalization;
using System.Text.RegularExpressions;

namespace Fed.MediaQc.Subtitles;

/// <summary>
/// Reads SubRip and WebVTT (W3C, section 4) as players do: what is damaged is told of, and the rest read.
/// </summary>
internal static partial class TimedTextReader
{
    // Hours of more than two digits, and one digit of minutes, are met with in the wild.
    private const string Time = @"([0-9]{1,5}:)?[0-9]{1,2}:[0-9]{1,2}[,.][0-9]{1,3}";

    public static SubtitleFile ReadSrt(SubtitleText text)
    {
        var (cues, faults) = (new List<Cue>(), new List<SubtitleFault>());
        ReadCues(Lines(text), cues, faults, static block => block is [var number] && int.TryParse(number, out _));
        return new("srt", null, text, cues, faults);
    }

    public static SubtitleFile ReadVtt(SubtitleText text)
    {
        var (cues, faults) = (new List<Cue>(), new List<SubtitleFault>());
        var lines = Lines(text);
        if (lines.Length == 0 || !lines[0].StartsWith("WEBVTT", StringComparison.Ordinal))
            faults.Add(new(0, "the first line is not WEBVTT: browsers do not show such a file"));
        ReadCues(lines, cues, faults, static block =>
            // The identifier of a cue is one line; what else may stand without times begins with these words.
            block.Count == 1 || block[0].StartsWith("WEBVTT", StringComparison.Ordinal)
            || NotCue().IsMatch(block[0]));
        return new("vtt", null, text, cues, faults);
    }

    /// <param name="isNoCue">Whether lines without times, that stand before times or an empty line, may stand
    /// there.</param>
    private static void ReadCues(
        string[] lines, List<Cue> cues, List<SubtitleFault> faults, Func<List<string>, bool> isNoCue)
    {
        var before = new List<string>();
        for (var at = 0; at < lines.Length; at++)
        {
            if (Times().Match(lines[at]) is { Success: true } times)
            {
                Leave(before);
                var text = new List<string>();
                while (at + 1 < lines.Length && lines[at + 1].Trim().Length > 0 && !Times().IsMatch(lines[at + 1]))
                    text.Add(lines[++at]);
                cues.Add(new(
                    cues.Count + 1,
                    Seconds(times.Groups["from"].Value),
                    Seconds(times.Groups["to"].Value),
                    [.. text.Select(WithoutMarkup).Where(line => line.Length > 0)]));
            }
            else if (lines[at].Trim().Length == 0)
            {
                Leave(before);
            }
            else if (lines[at].Contains("-->", StringComparison.Ordinal))
            {
                Leave(before);
                faults.Add(new(LastStart(), $"line {at + 1}: these are no times: {Short(lines[at])}"));
            }
            else
            {
                before.Add(lines[at]);
            }
        }

        Leave(before);

        void Leave(List<string> block)
        {
            if (block.Count > 0 && !isNoCue(block))
                faults.Add(new(LastStart(), $"text without times: {Short(block[0])}"));
            block.Clear();
        }

        double LastStart() => cues.Count == 0 ? 0 : cues[^1].Start;
    }

    /// <summary>Tags as in <c>&lt;i&gt;</c> and <c>{\an8}</c>, and entities.</summary>
    internal static string WithoutMarkup(string line) =>
        System.Net.WebUtility.HtmlDecode(Markup().Replace(line, "")).Trim();

    internal static string Short(string text) => text.Length <= 40 ? $"'{text.Trim()}'" : $"'{text[..40].Trim()}...'";

    private static string[] Lines(SubtitleText text) => text.Text.ReplaceLineEndings("\n").Split('\n');

    /// <summary>"01:02:03,456", "02:03.4".</summary>
    private static double Seconds(string time)
    {
        double seconds = 0;
        foreach (var part in time.Replace(',', '.').Split(':'))
            seconds = (seconds * 60) + double.Parse(part, CultureInfo.InvariantCulture);
        return seconds;
    }

    [GeneratedRegex(@"^\s*(?<from>" + Time + @")\s*-->\s*(?<to>" + Time + @")(\s|$)")]
    private static partial Regex Times();

    [GeneratedRegex(@"<[^<>]*>|\{\\[^{}]*\}")]
    private static partial Regex Markup();

    [GeneratedRegex(@"^(NOTE|STYLE|REGION)(\s|$)")]
    private static partial Regex NotCue();
}
