using Fed.Bench;

namespace Fed.Tests.Bench;

public sealed class MeasuredPartTests
{
    [Fact]
    public void Merge_OfOneSection_LeavesTheOthersAsTheyAre()
    {
        const string Before = "\nOn another machine.\n\n### a\n\nold a\n\n### b\n\nold b\n\n";

        var merged = MeasuredPart.Merge(Before, "On this machine.\n\n### b\n\nnew b\n\n### c\n\nnew c\n\n");

        Assert.Equal(
            "On this machine.\n\n### a\n\nold a\n\n### b\n\nnew b\n\n### c\n\nnew c\n\n", merged);
    }
}
