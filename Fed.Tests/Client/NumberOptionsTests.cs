using System.CommandLine;
using Fed.Cli;

namespace Fed.Tests.Client;

/// <summary>A number with a comma means one thing in Hamburg and another to a parser: no command takes it.</summary>
public sealed class NumberOptionsTests
{
    private static readonly Type[] Numbers = [typeof(double), typeof(int), typeof(long)];

    [Theory]
    [InlineData("0,5")]
    [InlineData("1,000")]
    [InlineData("many")]
    public void Option_OfEveryCommand_RefusesWhatIsNoNumberHere(string text)
    {
        var taken = Numeric(CommandLine.Create()).ToList();

        Assert.Contains(taken, found => found.Option == "--lag");
        Assert.Contains(taken, found => found.Option == "--seconds");
        Assert.Contains(taken, found => found.Option == "--keep-versions");
        Assert.Contains(taken, found => found.Option == "--seeds");
        Assert.All(taken, found =>
        {
            var errors = found.Command.Parse([found.Option, text, "--federation", "f"]).Errors;
            Assert.Contains(
                errors, error => error.Message.Contains($"{found.Option} is '{text}'", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Lag_WithADecimalComma_SaysHowToWriteIt()
    {
        var errors = CommandLine.Create().Parse(["join", "--lag", "0,5"]).Errors;

        Assert.Contains(
            errors,
            error => error.Message.Contains("--lag is '0,5'", StringComparison.Ordinal)
                && error.Message.Contains("0.5", StringComparison.Ordinal));
    }

    [Fact]
    public void Lag_WithADecimalPoint_IsTaken() => Assert.DoesNotContain(
        CommandLine.Create().Parse(["join", "--lag", "0.5"]).Errors,
        error => error.Message.Contains("--lag", StringComparison.Ordinal));

    [Theory]
    [InlineData("--port")]
    [InlineData("--fold-workers")]
    [InlineData("--keep-versions")]
    public void SiloOption_WithAComma_IsRefused(string option) =>
        Assert.NotEmpty(CommandLine.Create().Parse(["silo", option, "8,080"]).Errors);

    // A comma separates parameters there: what has one parameter must not take two for it, nor a zero before the comma.
    [Theory]
    [InlineData("--rule", "trimmed-mean:0,2")]
    [InlineData("--rule", "norm-bound:0,5")]
    [InlineData("--rule", "centred-clipping:0,5")]
    [InlineData("--rule", "geometric-median:0,5")]
    [InlineData("--staleness", "polynomial:0,5")]
    [InlineData("--staleness", "exponential:0,5")]
    [InlineData("--staleness", "hinge:0,5")]
    [InlineData("--optimizer", "adam:0,03")]
    [InlineData("--optimizer", "momentum:0,9")]
    [InlineData("--codec", "topk:0,05")]
    public void Setting_WithADecimalComma_IsRefused(string option, string text) => Assert.Contains(
        CommandLine.Create().Parse(["demo", option, text]).Errors,
        error => error.Message.Contains(option, StringComparison.Ordinal));

    private static IEnumerable<(Command Command, string Option)> Numeric(Command command) => command.Options
        .Where(option => Numbers.Contains(Plain(option.ValueType)))
        .Select(option => (command, option.Name))
        .Concat(command.Subcommands.SelectMany(Numeric));

    private static Type Plain(Type type)
    {
        var element = type.GetElementType() ?? type;
        return Nullable.GetUnderlyingType(element) ?? element;
    }
}
