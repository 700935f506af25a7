using System.CommandLine;
using System.Text.RegularExpressions;
using Fed.Cli;

namespace Fed.Tests.Client;

/// <summary>What the documents tell a person to type is what the program takes.</summary>
public sealed partial class DocumentCommandsTests
{
    private static readonly (string File, string Text)[] s_documents =
    [
        .. Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
            .Append(Repository.PathOf("README.md"))
            .Select(file => (Path.GetRelativePath(Repository.Root, file), File.ReadAllText(file))),
    ];

    [Fact]
    public void Lines_OfTheBlocks_AreTakenByTheProgram()
    {
        var lines = s_documents.SelectMany(document => Blocks().Matches(document.Text)
            .SelectMany(block => block.Groups[1].Value.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
            .SelectMany(line => Commands().Matches(line))
            .Select(command => (document.File, Arguments: WithoutShell(command.Groups[1].Value)))
            .Where(each => !IsOfTheScript(each.Arguments))).ToArray();

        Assert.True(lines.Length > 30);
        Assert.Contains(lines, line => line.File == Path.Combine("docs", "images.md"));
        Assert.All(lines, line => Assert.True(
            CommandLine.Complaints(CommandLine.Create().Parse(line.Arguments)) is { Count: 0 }, $"{line}"));
    }

    /// <summary>In running text what is beside the point is left out, but nothing else stands there.</summary>
    [Fact]
    public void Code_InTheText_NamesCommandsAndOptionsThatThereAre()
    {
        var all = s_documents.SelectMany(document => Code().Matches(Blocks().Replace(document.Text, ""))
            .Select(code => (document.File, Words: WithoutShell(code.Groups[1].Value).Split(
                (char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)))
            .Where(each => each.Words.Length > 0 && !IsOfTheScript(each.Words[0]))).ToArray();

        Assert.True(all.Length > 20);
        Assert.All(all, code =>
        {
            var command = CommandLine.Create();
            var names = code.Words.TakeWhile(word => command.Subcommands.Count > 0 && !word.StartsWith('-'));
            foreach (var name in names)
            {
                command = command.Subcommands.SingleOrDefault(each => each.Name == name)
                    ?? throw new InvalidOperationException($"{code.File}: {command.Name} has no {name}");
            }

            Assert.All(
                code.Words.Where(word => word.StartsWith("--", StringComparison.Ordinal)),
                word => Assert.True(
                    word == "--help" || command.Options.Any(option => option.Name == word),
                    $"{code.File}: {command.Name} has no {word}"));
        });
    }

    /// <summary><c>./fed test</c> is no command of the program.</summary>
    private static bool IsOfTheScript(string arguments) => arguments.Split(' ')[0] == "test";

    /// <summary>Without comment and redirection, and with everything that may be left out.</summary>
    private static string WithoutShell(string line) =>
        Shell().Replace(line, "").Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);

    [GeneratedRegex(@"^```\w*\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"(?:\./fed|/app/fed\.dll|^docker run .* fedhier/fed\S*) +(\w.*)$")]
    private static partial Regex Commands();

    [GeneratedRegex("`\\./fed\\s+([^`]+)`")]
    private static partial Regex Code();

    /// <summary>Also the other words where one of several stands.</summary>
    [GeneratedRegex(@"\s+(?:#|>|2>|&|\|).*$|(?<=\w)\|\S+")]
    private static partial Regex Shell();
}
