using System.CommandLine;
using System.Diagnostics;
using Fed.Cli;
using Fed.Cli.Commands;
using Fed.Client;

namespace Fed.Tests.Client;

/// <summary><c>fed completion</c>.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("fed ad", "admin")]
    [InlineData("./fed admin re", "reset-key", "resume")]
    [InlineData("fed admin deadline --tier ", "cluster", "global")]
    [InlineData("fed admin deadline --tier gl", "global")]
    [InlineData("fed chaos --role ", "both", "client", "silo")]
    [InlineData("fed join --trainer=m", "managed")]
    [InlineData("fed  demo --mode=sync   --po", "--port")]
    [InlineData("fed admin promote 12 --reason \"best o")]
    [InlineData("fed top --federation codecs --o", "--once")]
    [InlineData("fed completion ", "--help", "bash", "fish", "zsh")]
    [InlineData("fed demo --data ")]
    [InlineData("fed nonsense --x")]
    [InlineData("fed")]
    public void For_ALine_IsWhatMayFollow(string line, params string[] suggestions) =>
        Assert.Equal(suggestions, Suggestions.For(CommandLine.Create(), line));

    [Fact]
    public void For_EveryCommand_HasItsOptionsAndSubcommands()
    {
        Assert.All(Below(CommandLine.Create(), "fed"), found =>
        {
            var path = found.Path;
            Assert.Empty(found.Command.Subcommands.Where(one => !one.Hidden).Select(one => one.Name)
                .Except(Suggestions.For(CommandLine.Create(), $"{path} ")));
            Assert.Empty(found.Command.Options.Select(option => option.Name)
                .Except(Suggestions.For(CommandLine.Create(), $"{path} --")));
        });

        static IEnumerable<(string Path, Command Command)> Below(Command command, string path) => command.Subcommands
            .Where(child => !child.Hidden)
            .SelectMany(child => Below(child, $"{path} {child.Name}"))
            .Prepend((path, command));
    }

    [Fact]
    public async Task Bash_AtATab_AsksTheProgram()
    {
        var script = Script("bash");
        Assert.StartsWith("# Completion of fed in bash", script, StringComparison.Ordinal);
        var typed = script + """

            tab() {
                COMP_LINE=$1 COMP_POINT=${#1}
                read -ra COMP_WORDS <<<"$1"
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _fed fed "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                echo "${COMPREPLY[*]}"
            }
            tab 'fed ad'
            tab 'fed admin status --'
            tab 'fed admin deadline --tier g'
            complete -p fed
            """;

        var (code, output, errors) = await ToolProcess.RunAsync(
            new ProcessStartInfo("bash", ["--norc", "--noprofile", "-c", typed]));

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(
            ["admin", "--federation --help --json --server", "global", "complete -o default -F _fed fed"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void Script_OfAShell_NamesTheProgramAndLeavesNoGap(string shell)
    {
        var script = Script(shell);

        Assert.Contains($"fed.dll' '{Suggestions.Word}' ", script, StringComparison.Ordinal);
        Assert.DoesNotContain("@program", script, StringComparison.Ordinal);
        Assert.DoesNotContain("@suggest", script, StringComparison.Ordinal);
    }

    [Fact]
    public void Completion_OfAnotherShell_IsAComplaintThatNamesThem()
    {
        var complaints = CommandLine.Complaints(CommandLine.Create().Parse(["completion", "tcsh"]));

        Assert.Contains(complaints, line => line.Contains("'tcsh'", StringComparison.Ordinal)
            && line.Contains("fish", StringComparison.Ordinal));
    }

    private static string Script(string shell)
    {
        using var output = new StringWriter();
        var code = CommandLine.Create().Parse(["completion", shell]).Invoke(new() { Output = output });
        Assert.Equal(ExitCode.Success, code);
        return output.ToString();
    }
}
