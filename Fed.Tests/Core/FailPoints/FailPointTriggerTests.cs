using Fed.Core.FailPoints;

namespace Fed.Tests.Core.FailPoints;

public sealed class FailPointTriggerTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Parse_OfNothing_ArmsNothing(string? setting) =>
        Assert.Null(FailPointTrigger.Parse(setting, static () => { }));

    [Theory]
    [InlineData("blob.before-rename", FailPointNames.BlobBeforeRename, 1)]
    [InlineData("ledger.after-write:3", FailPointNames.LedgerAfterWrite, 3)]
    public void Parse_OfAPoint_HasItsNameAndHit(string setting, string name, int count)
    {
        var trigger = FailPointTrigger.Parse(setting, static () => { })!;

        Assert.Equal((name, count), (trigger.Name, trigger.Count));
    }

    [Fact]
    public void Parse_OfAnUnknownName_NamesAllThatThereAre()
    {
        var refused = Assert.Throws<ArgumentException>(
            () => FailPointTrigger.Parse("blob.before-lunch:2", static () => { }));

        Assert.Contains("'blob.before-lunch'", refused.Message, StringComparison.Ordinal);
        Assert.All(FailPointNames.All, name => Assert.Contains(name, refused.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("blob.before-rename:")]
    [InlineData("blob.before-rename:0")]
    [InlineData("blob.before-rename:-1")]
    [InlineData("blob.before-rename:two")]
    [InlineData("blob.before-rename:1:2")]
    public void Parse_OfAWrongHit_SaysWhatIsMeant(string setting)
    {
        var refused = Assert.Throws<ArgumentException>(() => FailPointTrigger.Parse(setting, static () => { }));

        Assert.Contains("blob.before-rename:3", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hit_OfTheNth_FiresOnceAndOfNoOtherPoint()
    {
        var fired = 0;
        var trigger = new FailPointTrigger(FailPointNames.BlobAfterFsync, 2, () => fired++);

        trigger.Hit(FailPointNames.BlobAfterFsync);
        trigger.Hit(FailPointNames.BlobBeforeFsync);
        Assert.Equal(0, fired);
        trigger.Hit(FailPointNames.BlobAfterFsync);
        Assert.Equal(1, fired);
        trigger.Hit(FailPointNames.BlobAfterFsync);
        Assert.Equal(1, fired);
    }
}
