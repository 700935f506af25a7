using Fed.MediaQc.Files;

namespace Fed.Tests.MediaQc.Files;

public sealed class DataFileExceptionTests
{
    [Theory]
    [InlineData(1, "0.png: is missing")]
    [InlineData(3, "0.png: is missing\n  1.png: is missing\n  2.png: is missing")]
    public void Of_Problems_NamesEachOnALineOfItsOwn(int count, string message) =>
        Assert.Equal(message, DataFileException.Of(Problems(count)).Message);

    [Theory]
    [InlineData(10, 10, "  9.png: is missing")]
    [InlineData(11, 11, "  and 1 more")]
    [InlineData(99, 11, "  and 89 more")]
    public void Of_ManyProblems_NamesTen_AndCountsTheOthers(int count, int lines, string last)
    {
        var message = DataFileException.Of(Problems(count)).Message.Split('\n');

        Assert.Equal(lines, message.Length);
        Assert.Equal(last, message[^1]);
        Assert.Equal("  9.png: is missing", message[9]);
    }

    private static DataFileException[] Problems(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new DataFileException($"{i}.png", "is missing"))];
}
