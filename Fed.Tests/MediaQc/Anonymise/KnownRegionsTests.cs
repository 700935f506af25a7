using Fed.MediaQc.Anonymise;
using Fed.MediaQc.Files;

namespace Fed.Tests.MediaQc.Anonymise;

public sealed class KnownRegionsTests
{
    [Theory]
    [InlineData("[{\"kind\":\"face\",\"start\":2,\"end\":1,\"box\":[0,0,5,5]}]", "region 0: end is 1")]
    [InlineData("[{\"kind\":\"face\",\"start\":0,\"end\":1,\"box\":[0,0,5]}]", "region 0: box has 3 numbers")]
    [InlineData("[{\"kind\":\"face\",\"start\":0,\"end\":1,\"box\":[0,0,0,5]}]", "region 0: box is empty")]
    [InlineData("[{\"start\":0,\"end\":1,\"box\":[0,0,5,5]}]", "kind")]
    [InlineData("{}", "a list of regions")]
    [InlineData("[null]", "region 0 is null")]
    public void Read_OfRegionsThatAreWrong_SaysWhichAndWhy(string json, string expected)
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch.File("seen.json"), json);

        var refused = Assert.Throws<DataFileException>(() => KnownRegions.Read(scratch.File("seen.json")));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Area_OfABoxBeyondAllNumbers_EndsAtTheLast() => Assert.Equal(
        new PixelBox(10, 20, int.MaxValue, int.MaxValue),
        new KnownRegion("badge", 0, 1, [10, 20, int.MaxValue, int.MaxValue]).Area);

    [Fact]
    public void RequireFiles_OfARegionOfNoFile_NamesIt()
    {
        var known = new KnownRegions([new("face", 0, 1, [0, 0, 5, 5]), new("face", 0, 1, [0, 0, 5, 5], "B.mp4")], "");

        known.RequireFiles("seen.json", ["in/a.mp4", "in/B.mp4"]);

        var refused = Assert.Throws<DataFileException>(() => known.RequireFiles("seen.json", ["in/a.mp4", "in/b.mp4"]));
        Assert.Contains("region 1 is of 'B.mp4', and no file of this run", refused.Message, StringComparison.Ordinal);
    }
}
