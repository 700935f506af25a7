using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Fed.Cli;
using Fed.Cli.Commands;
using Fed.Client;

namespace Fed.Tests.Client;

/// <summary>What holds for each command that there is, and for the next one.</summary>
public sealed class EveryCommandTests
{
    /// <summary>Commands without <c>--json</c>, and why.</summary>
    private static readonly Dictionary<string, string> WithoutJson = new(StringComparer.Ordinal)
    {
        ["fed silo"] = "runs until it is stopped; its figures are in /metrics and the status",
        ["fed admin show"] = "prints JSON, nothing else",
        ["fed audit export"] = "writes a file; 'fed audit verify --bundle --json' says what is in it",
        ["fed data build"] = "writes a folder; 'fed data show --json' says what is in it",
        ["fed data fashion"] = "writes a folder; 'fed data show --json' says what is in it",
        ["fed bench report"] = "writes a document out of the figures of the others, which have it",
        ["fed version"] = "one word",
        ["fed completion"] = "prints a script",
    };

    [Fact]
    public void EveryCommand_HasADescription() => Assert.All(
        Below(CommandLine.Create(), "fed"),
        found => Assert.False(string.IsNullOrWhiteSpace(found.Command.Description), found.Path));

    [Fact]
    public void EveryOptionAndArgument_HasADescription() => Assert.All(
        Below(CommandLine.Create(), "fed"),
        found => Assert.All(
            found.Command.Options.Cast<Symbol>().Concat(found.Command.Arguments),
            one => Assert.False(string.IsNullOrWhiteSpace(one.Description), $"{found.Path} {one.Name}")));

    [Fact]
    public void Help_OfEveryLeaf_EndsWithExamples() => Assert.All(Leaves(), found =>
    {
        using var output = new StringWriter();
        string[] words = [.. found.Path.Split(' ')[1..], "--help"];

        var code = CommandLine.Create().Parse(words).Invoke(new() { Output = output });

        Assert.Equal(ExitCode.Success, code);
        var lines = output.ToString().TrimEnd().Split('\n');
        Assert.Contains("Examples:", lines);
        Assert.Matches($"^  {Regex.Escape(found.Path)}( |$)", lines[^1]);
    });

    [Fact]
    public void EveryExample_ParsesWithoutComplaintsAndIsOfALeaf()
    {
        Assert.All(Examples.All, example =>
        {
            var parsed = CommandLine.Create().Parse(example["fed ".Length..]);

            Assert.Equal([], CommandLine.Complaints(parsed));
            var path = CommandLine.PathOf(parsed.CommandResult);
            Assert.Contains(example, Examples.Of(path));
            Assert.Contains(Leaves(), leaf => leaf.Path == path);
        });
    }

    [Fact]
    public void EveryLeaf_HasJson_OrAReasonNotTo()
    {
        var without = Leaves()
            .Where(found => found.Command.Options.All(option => option.Name != "--json"))
            .Select(found => found.Path);

        Assert.Equal(WithoutJson.Keys.Order(StringComparer.Ordinal), without.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ExitCodes_OfTheDocument_AreThoseOfTheProgram()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
        var section = document[document.IndexOf("### Exit codes", StringComparison.Ordinal)..];
        var table = section[..section.IndexOf("\n\nEvery", StringComparison.Ordinal)];

        var documented = Regex.Matches(table, @"(?m)^\| (\d+) \|")
            .Select(row => int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture));

        var constants = typeof(ExitCode).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral)
            .Select(field => (int)field.GetRawConstantValue()!);
        Assert.Equal(constants.Order(), documented);
    }

    private static IEnumerable<(string Path, Command Command)> Leaves() =>
        Below(CommandLine.Create(), "fed").Where(found => found.Command.Subcommands.Count == 0);

    /// <summary>Without those that are hidden: no person types them.</summary>
    private static IEnumerable<(string Path, Command Command)> Below(Command command, string path) =>
        command.Subcommands
            .Where(child => !child.Hidden)
            .SelectMany(child => Below(child, $"{path} {child.Name}"))
            .Prepend((path, command));
}
