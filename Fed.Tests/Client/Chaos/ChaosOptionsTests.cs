using Fed.Cli;
using Fed.Client;

namespace Fed.Tests.Client.Chaos;

/// <summary>What <c>fed chaos</c> refuses before it starts anything.</summary>
public sealed class ChaosOptionsTests
{
    [Theory]
    [InlineData("--kills", "0", "1 to 100000")]
    [InlineData("--kills", "many", "many")]
    [InlineData("--role", "server", "silo")]
    [InlineData("--storage", "tape", "azure")]
    public void Chaos_OptionThatCannotBe_SaysWhatCan(string option, string value, string remedy)
    {
        var parsed = CommandLine.Create().Parse(["chaos", option, value]);

        var error = Assert.Single(parsed.Errors);
        Assert.Contains(option, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Chaos_OnAzureWithoutAConnectionString_NamesTheVariable()
    {
        var (code, _, error) = await FedProcess.RunAsync(
            environment: new() { [Programs.BlobsVariable] = null }, "chaos", "--storage", "azure");

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(Programs.BlobsVariable, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chaos_WithFiguresWhereNoFileCanBe_NamesTheOption()
    {
        var (code, _, error) = await FedProcess.RunAsync(
            environment: [], "chaos", "--json", "/nowhere/figures.json");

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("--json", error, StringComparison.Ordinal);
    }
}
