using System.Text;
using Fed.MediaQc.Scan;
using Fed.MediaQc.Subtitles;

namespace Fed.Tests.MediaQc.Subtitles;

public sealed class SubtitleFileTests : IDisposable
{
    private const string Srt = "1\n00:00:01,000 --> 00:00:02,500\n<i>Où ça ?</i>\n\n"
        + "2\n00:00:03,000 --> 00:00:04,000 X1:10\n{\\an8}zwei\nZeilen &amp; mehr\n";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("utf-8", false, "utf-8", false)]
    [InlineData("utf-8", true, "utf-8", false)]
    [InlineData("utf-16", true, "utf-16", false)]
    [InlineData("utf-16", false, "utf-16", false)]
    [InlineData("utf-16BE", true, "utf-16BE", false)]
    [InlineData("utf-16BE", false, "utf-16BE", false)]
    [InlineData("utf-32", true, "utf-32", false)]
    [InlineData("iso-8859-1", false, "windows-1252", true)]
    public void Read_InAnyEncoding_GivesTheSameCues(string encoding, bool hasMark, string expected, bool isGuess)
    {
        var file = Read("film.srt", Srt, Encoding.GetEncoding(encoding), hasMark);

        Assert.Equal(expected, file.Text.Encoding);
        Assert.Equal((hasMark, isGuess), (file.Text.HasMark, file.Text.IsGuess));
        AssertCues(file);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Read_WithOtherLineEnds_GivesTheSameCues(string end) =>
        AssertCues(Read("film.srt", Srt.Replace("\n", end, StringComparison.Ordinal)));

    [Fact]
    public void ReadSrt_WithFaults_TellsOfThemAndReadsTheRest()
    {
        var file = Read("film.srt", "lost text\n\n1\n00:00:01,000 -> 00:00:02,000\nno arrow\n\n" + Srt);

        Assert.Equal(2, file.Cues.Count);
        Assert.Contains(file.Faults, fault => fault.Message.Contains("lost text", StringComparison.Ordinal));
        Assert.All(file.Faults, fault => Assert.Equal(0, fault.After));
    }

    [Fact]
    public void ReadSrt_WithoutEmptyLinesBetween_DoesNotTakeANumberForText()
    {
        var file = Read("film.srt", "00:00:01,000 --> 00:00:02,000\none\n00:00:03,000 --> 00:00:04,000\ntwo\n");

        Assert.Equal(["one", "two"], file.Cues.Select(cue => Assert.Single(cue.Lines)));
    }

    [Fact]
    public void ReadVtt_WithNotesStylesAndShortTimes_ReadsCues()
    {
        var file = Read(
            "film.vtt",
            "WEBVTT - a title\nKind: captions\n\nNOTE\nnot a cue\n\nSTYLE\n::cue { color: red }\n\n"
            + "intro\n00:01.000 --> 00:02.500 align:start\n<v Fred>Où ça ?\n\n"
            + "01:00:03.000 --> 01:00:04.000\n<c.loud>zwei</c>\nZeilen &amp; mehr\n");

        Assert.Empty(file.Faults);
        Assert.Equal([1, 3603], file.Cues.Select(cue => cue.Start));
        Assert.Equal(["zwei", "Zeilen & mehr"], file.Cues[1].Lines);
        Assert.Equal(["Où ça ?"], file.Cues[0].Lines);
    }

    [Fact]
    public void ReadVtt_WithoutItsFirstLine_TellsOfIt()
    {
        var fault = Assert.Single(Read("a.vtt", "00:01.000 --> 00:02.000\nx\n").Faults);

        Assert.Contains("WEBVTT", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("begin=\"00:00:01.000\" end=\"00:00:02.500\"", "begin=\"00:00:03:00\" dur=\"1s\"")]
    [InlineData("begin=\"1s\" end=\"2500ms\"", "begin=\"75f\" end=\"100f\"")]
    [InlineData("begin=\"10000000t\" end=\"25000000t\"", "begin=\"0.05m\" end=\"4s\"")]
    public void ReadTtml_WithEveryKindOfTime_ReadsCues(string first, string second)
    {
        var file = Read("film.ttml", Ttml(
            $"<body><div><p {first}><span>Où ça ?</span></p>"
            + $"<p {second}>zwei<br/>\n  Zeilen &amp; mehr</p></div></body>"));

        Assert.Equal("fr", file.Language);
        AssertCues(file);
    }

    [Fact]
    public void ReadTtml_WithTimesOfItsParents_AddsThem()
    {
        var file = Read("film.ttml", Ttml(
            "<body begin=\"10s\"><div begin=\"5s\"><p begin=\"1s\" end=\"2s\">x</p><p dur=\"1s\">y</p></div></body>"));

        Assert.Equal([(16.0, 17.0), (15.0, 16.0)], file.Cues.Select(cue => (cue.Start, cue.End)));
    }

    [Fact]
    public void ReadTtml_WithATimeThatIsNone_TellsOfIt()
    {
        var file = Read(
            "film.ttml", Ttml("<body><div><p begin=\"soon\" end=\"2s\">x</p><p begin=\"1s\">y</p></div></body>"));

        Assert.Empty(file.Cues);
        Assert.Equal(
            ["'soon' is no time of TTML", "a paragraph that begins at 1.00 s never ends"],
            file.Faults.Select(fault => fault.Message));
    }

    [Theory]
    [InlineData("film.ttml", "no xml", "it is no TTML")]
    [InlineData("film.ttml", "<html/>", "its root is 'html'")]
    [InlineData("film.dfxp", "<!DOCTYPE tt [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><tt>&a;</tt>", "DTD")]
    [InlineData("film.srt", "\u0001\0\0\u0002\0\0", "it is no text")]
    [InlineData("film.srt", "", "it is empty")]
    public void Read_OfWhatIsNoSubtitleFile_IsRefused(string name, string text, string reason)
    {
        var refused = Assert.Throws<ScanException>(() => Read(name, text));

        Assert.StartsWith(_scratch.File(name), refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadSrt_WithTimesInOtherDigits_TellsOfThem()
    {
        var file = Read("film.srt", "\u0660\u0660:00:01,000 --> 00:00:02,000\nx\n\n" + Srt);

        Assert.Equal(2, file.Cues.Count);
        Assert.Contains("these are no times", file.Faults[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfWhatIsMadeToTakeLong_EndsSoon()
    {
        // Quadratic, these would take hours.
        var tags = Read("tags.srt", $"1\n00:00:01,000 --> 00:00:02,000\n{new string('<', 3_000_000)}\n");
        var braces = string.Concat(Enumerable.Repeat("{\\", 1_000_000));
        var codes = Read("codes.srt", $"1\n00:00:01,000 --> 00:00:02,000\n{braces}\n");
        var nested = string.Concat(Enumerable.Repeat("<div>", 300_000));

        Assert.Equal((1, 1), (tags.Cues.Count, codes.Cues.Count));
        var refused = Assert.Throws<ScanException>(() => Read("deep.ttml", Ttml($"<body>{nested}")));
        Assert.Contains("64 elements within one another", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("film.de.srt", "de")]
    [InlineData("film.pt-BR.vtt", "pt-BR")]
    [InlineData("film.srt", null)]
    [InlineData("film.2024.srt", null)]
    public void LanguageIn_ReadsTheNamesMiddle(string name, string? expected) =>
        Assert.Equal(expected, SubtitleFile.LanguageIn(name));

    private static string Ttml(string body) =>
        "<?xml version=\"1.0\"?><tt xmlns=\"http://www.w3.org/ns/ttml\" "
        + "xmlns:ttp=\"http://www.w3.org/ns/ttml#parameter\" "
        + $"xml:lang=\"fr\" ttp:frameRate=\"25\" ttp:tickRate=\"10000000\"><head/>{body}</tt>";

    private static void AssertCues(SubtitleFile file)
    {
        Assert.Empty(file.Faults);
        Assert.Equal([(1, 1.0, 2.5), (2, 3.0, 4.0)], file.Cues.Select(cue => (cue.Number, cue.Start, cue.End)));
        Assert.Equal(["Où ça ?"], file.Cues[0].Lines);
        Assert.Equal(["zwei", "Zeilen & mehr"], file.Cues[1].Lines);
    }

    private SubtitleFile Read(string name, string text, Encoding? encoding = null, bool hasMark = false)
    {
        encoding ??= new UTF8Encoding(false);
        File.WriteAllBytes(_scratch.File(name), [.. hasMark ? encoding.GetPreamble() : [], .. encoding.GetBytes(text)]);
        return SubtitleFile.Read(_scratch.File(name));
    }
}
