using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Subtitles;

/// <summary>
/// Reads TTML (W3C TTML 2; IMSC and EBU-TT-D are kinds of it): each <c>p</c> with its times, which count from its
/// parents' begin. Nested <c>seq</c> containers and wall-clock times are told of, not read.
/// </summary>
internal static partial class TtmlReader
{
    /// <summary>Real files have about ten; the time that reading takes grows with the depth.</summary>
    private const int MostDepth = 64;

    private static readonly XNamespace s_parameters = "http://www.w3.org/ns/ttml#parameter";

    /// <exception cref="ScanException">It is no XML, or its root is not <c>tt</c>.</exception>
    public static SubtitleFile Read(string path, byte[] bytes, SubtitleText text)
    {
        XDocument document;
        try
        {
            using (var reader = Open(bytes))
            {
                while (reader.Read())
                {
                    if (reader.Depth > MostDepth)
                        throw new ScanException($"{path}: it has more than {MostDepth} elements within one another");
                }
            }

            using var whole = Open(bytes);
            document = XDocument.Load(whole, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException error)
        {
            throw new ScanException($"{path}: it is no TTML: {error.Message}", error);
        }

        var root = document.Root!;
        if (root.Name.LocalName != "tt")
            throw new ScanException($"{path}: it is no TTML: its root is '{root.Name.LocalName}', not 'tt'");
        var clock = new Clock(root);
        var (cues, faults) = (new List<Cue>(), new List<SubtitleFault>());
        foreach (var paragraph in root.Descendants().Where(each => each.Name.LocalName == "p"))
        {
            try
            {
                if (Times(paragraph, clock) is var (start, end))
                    cues.Add(new(cues.Count + 1, start, end, Lines(paragraph)));
            }
            catch (FormatException error)
            {
                faults.Add(new(cues.Count == 0 ? 0 : cues[^1].Start, error.Message));
            }
        }

        var declared = document.Declaration?.Encoding;
        return new(
            "ttml",
            (string?)root.Attribute(XNamespace.Xml + "lang") is { Length: > 0 } language ? language : null,
            // XML says what it is encoded in.
            text.IsGuess && declared is not null ? text with { Encoding = declared, IsGuess = false } : text,
            cues,
            faults);
    }

    /// <summary>Entities could be made to name other files, or to grow without end.</summary>
    private static XmlReader Open(byte[] bytes) => XmlReader.Create(
        new MemoryStream(bytes), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });

    /// <returns>Null: it is shown at no time of its own, so it is layout.</returns>
    /// <exception cref="FormatException">A time is none.</exception>
    private static (double Start, double End)? Times(XElement paragraph, Clock clock)
    {
        // Some writers time a span within.
        var span = Begins(paragraph) ? null : paragraph.Elements().FirstOrDefault(Begins);
        XElement[] timed = [.. (span ?? paragraph).AncestorsAndSelf().Reverse()];
        if (!timed.Any(Begins))
            return null;
        double start = 0;
        double? end = null;
        foreach (var element in timed)
        {
            var parent = start;
            if ((string?)element.Attribute("begin") is { } begin)
                start = parent + clock.Seconds(begin);
            if ((string?)element.Attribute("end") is { } until)
                end = Math.Min(end ?? double.MaxValue, parent + clock.Seconds(until));
            if ((string?)element.Attribute("dur") is { } length)
                end = Math.Min(end ?? double.MaxValue, start + clock.Seconds(length));
        }

        return (start, end ?? throw new FormatException(
            $"a paragraph that begins at {start.ToString("0.00", CultureInfo.InvariantCulture)} s never ends"));

        static bool Begins(XElement element) => element.Attribute("begin") is not null;
    }

    private static string[] Lines(XElement paragraph) => string
        .Concat(paragraph.DescendantNodes().Select(node => node switch
        {
            XElement { Name.LocalName: "br" } => "\n",
            XText text when text.Parent!.Name.LocalName is "p" or "span" => Space().Replace(text.Value, " "),
            _ => "",
        }))
        .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Time expressions (TTML 2, section 12.3).</summary>
    private sealed class Clock
    {
        private readonly double _frames;
        private readonly double _ticks;

        public Clock(XElement root)
        {
            var rate = Number(root, "frameRate");
            var multiplier = ((string?)root.Attribute(s_parameters + "frameRateMultiplier"))?.Split(' ', ':');
            _frames = (rate ?? 30) * (multiplier is [var above, var below]
                && double.TryParse(above, CultureInfo.InvariantCulture, out var a)
                && double.TryParse(below, CultureInfo.InvariantCulture, out var b) && b > 0 ? a / b : 1);
            _ticks = Number(root, "tickRate") ?? (rate is null ? 1 : _frames);
        }

        /// <exception cref="FormatException">It is no time.</exception>
        public double Seconds(string time)
        {
            if (ClockTime().Match(time) is { Success: true } clock)
            {
                return (Part(clock, "h") * 3600) + (Part(clock, "m") * 60) + Part(clock, "s")
                    + (Part(clock, "f") / _frames);
            }

            if (OffsetTime().Match(time) is not { Success: true } offset)
                throw new FormatException($"'{time}' is no time of TTML");
            return Part(offset, "n") * offset.Groups["unit"].Value switch
            {
                "h" => 3600,
                "m" => 60,
                "s" => 1,
                "ms" => 0.001,
                "f" => 1 / _frames,
                _ => 1 / _ticks,
            };
        }

        private static double Part(Match match, string name) =>
            match.Groups[name] is { Success: true, Value: var value }
                ? double.Parse(value, CultureInfo.InvariantCulture)
                : 0;

        private static double? Number(XElement root, string name) =>
            double.TryParse((string?)root.Attribute(s_parameters + name), CultureInfo.InvariantCulture, out var value)
                && value > 0 ? value : null;
    }

    [GeneratedRegex(@"^(?<h>[0-9]{2,}):(?<m>[0-9][0-9]):(?<s>[0-9][0-9](\.[0-9]+)?)(:(?<f>[0-9]{2,}(\.[0-9]+)?))?$")]
    private static partial Regex ClockTime();

    [GeneratedRegex(@"^(?<n>[0-9]+(\.[0-9]+)?)(?<unit>h|ms|m|s|f|t)$")]
    private static partial Regex OffsetTime();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
