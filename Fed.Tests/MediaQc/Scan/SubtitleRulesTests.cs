using Fed.MediaQc.Scan;
using Fed.MediaQc.Subtitles;

namespace Fed.Tests.MediaQc.Scan;

public sealed class SubtitleRulesTests
{
    private static readonly SubtitleLimits s_limits = ScanProfile.Read(ScanProfile.DefaultName).Subtitles!;

    [Fact]
    public void Check_OfCuesAtTheLimits_FindsNothing()
    {
        // 0.833 s, 7 s, a gap of two frames, two lines of 42, 17 characters a second.
        var checks = Check(
            null,
            new(1, 1, 1.833, ["short"]),
            new(2, 1.913, 8.913, [Letters(42), Letters(42)]),
            new(3, 10, 11, [Letters(17)]));

        Assert.All(checks, check => Assert.Equal(Verdict.Pass, check.Verdict));
        Assert.Equal(SubtitleRules.All.Select(check => check.Name), checks.Select(check => check.Check));
    }

    [Fact]
    public void Check_OfCuesBeyondTheLimits_FindsEach()
    {
        AssertFinds(
            SubtitleRules.Overlap,
            "cue 2 begins 0.500 s before cue 1 ends",
            new(1, 1, 3, ["a"]),
            new(2, 2.5, 4, ["b"]));
        AssertFinds(
            SubtitleRules.Gap, "cue 2 begins 1 frames after the last one", new(1, 1, 2, ["a"]), new(2, 2.04, 3, ["b"]));
        AssertFinds(SubtitleRules.Duration, "cue 1 is shown for 0.500 s", new Cue(1, 1, 1.5, ["a"]));
        AssertFinds(SubtitleRules.Duration, "cue 1 is shown for 7.100 s", new Cue(1, 1, 8.1, ["a"]));
        AssertFinds(SubtitleRules.Speed, "cue 1 has 20.0 characters a second", new Cue(1, 1, 3, [Letters(40)]));
        AssertFinds(SubtitleRules.Lines, "cue 1 has a line of 43 characters", new Cue(1, 1, 7, [Letters(43)]));
        AssertFinds(SubtitleRules.Lines, "cue 1 has 3 lines", new Cue(1, 1, 4, ["a", "b", "c"]));
        AssertFinds(SubtitleRules.Empty, "cue 1 has no text", new Cue(1, 1, 2, []));
        AssertFinds(SubtitleRules.Order, "cue 2 stands after a later one", new(1, 5, 6, ["a"]), new(2, 1, 2, ["b"]));
        AssertFinds(SubtitleRules.Order, "cue 1 ends before it begins", new Cue(1, 2, 1, ["a"]));
    }

    [Theory]
    [InlineData("en", 20)]
    [InlineData("eng", 20)]
    [InlineData("en-GB", 20)]
    [InlineData("de", 17)]
    [InlineData("ger", 17)]
    [InlineData("jpn", 4)]
    [InlineData("chi", 9)]
    [InlineData(null, 17)]
    public void Check_InALanguage_HasItsReadingSpeed(string? language, int speed)
    {
        Assert.Equal(Verdict.Pass, Speed(speed).Verdict);
        Assert.Equal(Verdict.Fail, Speed(speed + 1).Verdict);

        CheckResult Speed(int letters) => Check(language, new Cue(1, 1, 2, [Letters(letters)]))
            .Single(check => check.Check == SubtitleRules.Speed.Name);
    }

    [Fact]
    public void Check_CountsALetterWithItsAccentsOnce() =>
        Assert.Equal(Verdict.Pass, Check(null, new Cue(1, 1, 2, [string.Concat(Enumerable.Repeat("e\u0301", 17))]))
            .Single(check => check.Check == SubtitleRules.Speed.Name).Verdict);

    [Fact]
    public void Check_OfAGuessedEncodingOrLostLetters_Says()
    {
        Assert.Contains("windows-1252", Encoding("x", isGuess: true).Message, StringComparison.Ordinal);
        Assert.Contains("U+FFFD", Encoding("caf\uFFFD", isGuess: false).Message, StringComparison.Ordinal);

        static Finding Encoding(string text, bool isGuess) => Assert.Single(SubtitleRules.Check(
            new("srt", null, new SubtitleText(text, "windows-1252", false, isGuess), [new(1, 1, 2, ["x"])], []),
            "a.srt",
            null,
            25,
            s_limits).Single(check => check.Check == SubtitleRules.Encoding.Name).Findings);
    }

    [Fact]
    public void Check_OfAFileWithoutCues_FailsAndPassesNothing()
    {
        var checks = Check(null);

        Assert.Equal(Verdict.Fail, checks[0].Verdict);
        Assert.Equal(SubtitleRules.Syntax.Name, checks[0].Check);
        Assert.All(checks.Skip(1), check => Assert.Equal(Verdict.NotApplicable, check.Verdict));
    }

    private static string Letters(int count) => new('x', count);

    /// <summary>That finding, and no other check has one.</summary>
    private static void AssertFinds(CheckInfo expected, string message, params Cue[] cues)
    {
        var failed = Assert.Single(Check(null, cues), check => check.Verdict == Verdict.Fail);
        Assert.Equal(expected.Name, failed.Check);
        Assert.Equal(message, Assert.Single(failed.Findings).Message);
    }

    private static IReadOnlyList<CheckResult> Check(string? language, params Cue[] cues) => SubtitleRules.Check(
        new("srt", null, new SubtitleText("", "utf-8", false, false), cues, []), "film.srt", language, null, s_limits);
}
