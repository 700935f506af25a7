using Fed.Core.Robust;

namespace Fed.Tests.Core.Robust;

public sealed class RobustRulesTests
{
    [Theory]
    [InlineData("median", "median", 1)]
    [InlineData("trimmed-mean:2", "trimmed-mean", 5)]
    [InlineData("trimmed-mean:0", "trimmed-mean", 1)]
    [InlineData("trimmed-mean:0.25", "trimmed-mean", 1)]
    [InlineData("krum:2", "krum", 7)]
    [InlineData("multi-krum:2", "multi-krum", 7)]
    [InlineData("multi-krum:1,6", "multi-krum", 7)]
    [InlineData("bulyan:1", "bulyan", 7)]
    [InlineData("norm-bound:1.5", "norm-bound", 1)]
    [InlineData("geometric-median", "geometric-median", 1)]
    [InlineData("geometric-median:5,1e-4", "geometric-median", 1)]
    [InlineData("centred-clipping:10", "centred-clipping", 1)]
    [InlineData("foolsgold", "foolsgold", 2)]
    [InlineData("fltrust", "fltrust", 1)]
    public void Parse_KnownText_IsThatRule(string text, string name, int least)
    {
        var rule = RobustRules.Parse(text)!;
        Assert.Equal(name, rule.Name);
        Assert.Equal(least, rule.Least);
    }

    [Fact]
    public void Parse_Mean_IsNoRule() => Assert.Null(RobustRules.Parse("mean"));

    [Theory]
    [InlineData("")]
    [InlineData("average")]
    [InlineData("median:1")]
    [InlineData("krum")]
    [InlineData("krum:x")]
    [InlineData("krum:NaN")]
    [InlineData("krum:-1")]
    [InlineData("krum:1,2")]
    [InlineData("trimmed-mean:0.5")]
    [InlineData("trimmed-mean:1.5")]
    [InlineData("multi-krum:1e99")]
    [InlineData("centred-clipping:0")]
    public void Parse_AnythingElse_NamesTheValue(string text)
    {
        var message = Assert.Throws<ArgumentException>(() => RobustRules.Parse(text)).Message;
        Assert.Matches("is not known; use|whole number|it must be", message);
    }
}
