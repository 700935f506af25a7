using System.CommandLine;
using Fed.Cli;
using Fed.Client;

namespace Fed.Tests.Client;

/// <summary>What the command line says of itself.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("fed [", "--help")]
    [InlineData("fed demo [", "demo", "--help")]
    [InlineData("fed join [", "join", "--help")]
    [InlineData("fed chaos [", "chaos", "--help")]
    [InlineData("fed data [", "data", "--help")]
    [InlineData("fed admin [", "admin", "--help")]
    public void Help_NamesTheCommandThatPeopleType(string usage, params string[] arguments)
    {
        using var output = new StringWriter();

        var code = CommandLine.Create().Parse(arguments).Invoke(new() { Output = output });

        Assert.Equal(ExitCode.Success, code);
        Assert.Contains($"  {usage}", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'fed simulate'", "simulat")]
    [InlineData("'fed admin versions'", "admin", "verions")]
    [InlineData("'fed ", "nonsense", "--port", "0")]
    public void UnknownCommand_NamesTheNearestInOneLine(string nearest, params string[] arguments)
    {
        var line = CommandLine.UnknownCommand(CommandLine.Create().Parse(arguments));

        Assert.Contains($"the nearest is {nearest}", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line!);
    }

    [Theory]
    [InlineData]
    [InlineData("demo", "surplus")]
    [InlineData("--nonsense")]
    public void UnknownCommand_WhereNoCommandIsExpected_IsNone(params string[] arguments) =>
        Assert.Null(CommandLine.UnknownCommand(CommandLine.Create().Parse(arguments)));

    [Fact]
    public void Complaints_OfAnyCommandAskedForHelp_AreNone()
    {
        Assert.All(
            Commands(CommandLine.Create(), []),
            command => Assert.Empty(CommandLine.Complaints(CommandLine.Create().Parse([.. command, "--help"]))));

        static IEnumerable<string[]> Commands(Command command, string[] path) =>
            command.Subcommands
                .SelectMany(child => Commands(child, [.. path, child.Name]))
                .Prepend(path);
    }

    [Theory]
    [InlineData("give --server or --orleans, one of them")]
    [InlineData("give --server or --orleans, one of them", "--server", "http://host", "--orleans", "host:1")]
    [InlineData("--orleans-ca is for --orleans", "--server", "http://h", "--orleans-ca", "f")]
    [InlineData("--orleans-service is for --orleans", "--server", "http://h", "--orleans-service", "house")]
    [InlineData("--orleans-cluster is for --orleans", "--server", "http://h", "--orleans-cluster", "fedhier")]
    [InlineData(
        "--orleans-cluster is 'a--b'; it must be 1 to 50 lower-case letters, digits and single hyphens between them",
        "--orleans", "host:1", "--orleans-cluster", "a--b")]
    public void Complaints_OfAJoinThatDoesNotSayHow_NameTheOptions(string complaint, params string[] options)
    {
        string[] others = ["--federation", "f", "--participant", "p", "--cluster", "c", "--data", "d"];

        var complaints = CommandLine.Complaints(CommandLine.Create().Parse(["join", .. others, .. options]));

        Assert.Contains($"fed join: {complaint}", complaints);
    }

    [Fact]
    public void Complaints_OptionsMissing_NameEachAndWhereHelpIs()
    {
        var complaints = CommandLine.Complaints(CommandLine.Create().Parse(["admin", "status"]));

        Assert.Contains("fed admin status: Option '--federation' is required.", complaints);
        Assert.Equal("fed admin status: 'fed admin status --help' lists the options", complaints[^1]);
    }
}
