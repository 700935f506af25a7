using Fed.MediaQc.Files;
using Fed.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Scan;

public sealed class ScanProfileTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Names_AreThoseOfTheirProfiles_AndEachIsWithinBounds() => Assert.All(ScanProfile.Names, name =>
    {
        var profile = ScanProfile.Read(name);
        Assert.Equal(name, profile.Name);
        Assert.Empty(profile.Problems());
        Assert.NotEmpty(profile.Source);
    });

    [Fact]
    public void Read_OfAPrintedProfile_GivesTheSame()
    {
        File.WriteAllText(_scratch.File("own.json"), ScanProfile.Text("technical"));

        Assert.Equal(
            ScanProfile.Read("technical") with { Subtitles = null, Learned = null },
            ScanProfile.Read(_scratch.File("own.json")) with { Subtitles = null, Learned = null });
    }

    [Theory]
    [InlineData("'silence': { 'severity': 'warning', 'level': 60, 'seconds': 2 }", "level is 60; it must be -120 to 0")]
    [InlineData("'truePeak': { 'severity': 'error', 'maximum': 11 }", "truePeak.maximum is 11")]
    [InlineData("'loudness': { 'severity': 'fatal', 'target': -23, 'tolerance': 1 }", "fatal")]
    [InlineData("'loudness': { 'severity': 'error', 'target': -23 }", "tolerance")]
    [InlineData("'loudnes': { }", "loudnes")]
    [InlineData(
        "'learned': { 'severity': 'warning', 'sound': { 'hum': { 'probability': 1, 'seconds': 1 } } }",
        "learned.sound has 'hum', which is not one of clipping, dropout")]
    [InlineData(
        "'learned': { 'severity': 'warning', 'sound': { 'noise': { 'probability': 2, 'seconds': 1 } } }",
        "learned.sound.noise.probability is 2; it must be 0.01 to 1")]
    [InlineData(
        "'learned': { 'severity': 'warning', 'pictures': { 'hum': { 'share': 1, 'seconds': 1 } } }",
        "learned.pictures has 'hum', which is not one of blocking, blur")]
    [InlineData(
        "'learned': { 'severity': 'warning', 'pictures': { 'noise': { 'share': 0, 'seconds': 1 } } }",
        "learned.pictures.noise.share is 0; it must be 0.01 to 1")]
    [InlineData(
        "'learned': { 'severity': 'warning', 'pictures': [] }", "[] is not possible here; it must be an object in braces")]
    [InlineData(
        "'learned': { 'severity': 'warning', 'pictures': { 'noise': null } }",
        "learned.pictures.noise is null; leave it out, or give its limits")]
    [InlineData(
        "'learned': { 'severity': 'warning', 'streams': { 'soundEarly': 3, 'soundLate': 0.1, 'cues': 0.3 } }",
        "learned.streams.soundEarly is 3; it must be 0.04 to 2")]
    [InlineData("'learned': { 'severity': 'warning', 'streams': { 'soundEarly': 0.1, 'cues': 0.3 } }", "soundLate")]
    public void Read_OfAWrongValue_NamesItAndWhatIsPossible(string property, string expected)
    {
        File.WriteAllText(
            _scratch.File("own.json"),
            $$"""{ 'name': 'own', 'dated': '2026-01-01', 'source': 'ours', {{property}} }""".Replace('\'', '"'));

        var refused = Assert.Throws<DataFileException>(() => ScanProfile.Read(_scratch.File("own.json")));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAnUnknownName_ListsThoseThatAreShipped()
    {
        var refused = Assert.Throws<DataFileException>(() => ScanProfile.Read("ebu"));

        Assert.Contains("ebu-r128, netflix-like, technical", refused.Message, StringComparison.Ordinal);
    }
}
