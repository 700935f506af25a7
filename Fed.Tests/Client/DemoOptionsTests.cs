using Fed.Cli;

namespace Fed.Tests.Client;

/// <summary>What <c>fed demo</c> refuses before it starts anything.</summary>
public sealed class DemoOptionsTests
{
    [Theory]
    [InlineData("--rule", "krum", "krum:f")]
    [InlineData("--global-rule", "trimmed-mean:0.7", "below 0.5")]
    [InlineData("--staleness", "polynomial", "polynomial:a")]
    [InlineData("--optimizer", "sgd", "none, momentum, adagrad, adam or yogi")]
    [InlineData("--optimizer", "adam:0.1,0.9,3", "KIND[:LR[,BETA1]]")]
    [InlineData("--optimizer", "momentum:1,1", "beta is 1; it must be 0 to below 1")]
    [InlineData("--codec", "gzip", "ternary")]
    [InlineData("--slow", "61", "0 to 60")]
    [InlineData("--slow", "slowly", "slowly")]
    [InlineData("--port", "65536", "1 to 65535")]
    public void Demo_OptionThatCannotBe_SaysWhatCan(string option, string value, string remedy)
    {
        var parsed = CommandLine.Create().Parse(["demo", option, value]);

        var error = Assert.Single(parsed.Errors);
        Assert.Contains(option, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("--rule", "krum:1")]
    [InlineData("--global-rule", "geometric-median:8,1e-6")]
    [InlineData("--staleness", "hinge:10,4")]
    [InlineData("--optimizer", "adam")]
    [InlineData("--optimizer", "momentum:0.5,0.8")]
    public void Demo_OptionThatCanBe_IsTaken(string option, string value) =>
        Assert.Empty(CommandLine.Create().Parse(["demo", option, value]).Errors);
}
