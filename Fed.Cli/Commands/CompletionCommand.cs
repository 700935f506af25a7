using System.CommandLine;
using System.Text.RegularExpressions;
using Fed.Client;

namespace Fed.Cli.Commands;

/// <summary><c>fed completion</c>: scripts with which a shell asks this program what may follow.</summary>
internal static class CompletionCommand
{
    // Errors would be written over the line that is being typed. Where the program knows nothing, it may be a file.
    private const string Bash = """
        # Completion of fed in bash, by 'fed completion bash'.
        _fed() {
            mapfile -t COMPREPLY < <(@program '@suggest' "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
        }
        complete -o default -F _fed fed
        """;

    private const string Zsh = """
        #compdef fed
        # Completion of fed in zsh, by 'fed completion zsh'.
        _fed() {
            local -a found
            found=("${(@f)$(@program '@suggest' "${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)}")
            if [[ -n $found[1] ]]; then
                compadd -a found
            else
                _files
            fi
        }
        if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
            _fed "$@"
        else
            compdef _fed fed
        fi
        """;

    private const string Fish = """
        # Completion of fed in fish, by 'fed completion fish'.
        function __fed_complete
            set -l found (@program '@suggest' (commandline -cp | string collect) 2>/dev/null)
            if test (count $found) -gt 0
                printf '%s\n' $found
            else
                __fish_complete_path (commandline -ct)
            end
        end
        complete -c fed -f -a '(__fed_complete)'
        """;

    private static readonly Argument<string> Shell = new("SHELL") { Description = "bash, zsh or fish" };

    static CompletionCommand() => Shell.AcceptOnlyFromAmong("bash", "zsh", "fish");

    public static Command Create()
    {
        var command = new Command(
            "completion", "Print a script that has a shell complete commands, options and values (docs/operations.md)")
        {
            Shell,
        };
        command.SetAction(parsed =>
        {
            var script = parsed.GetValue(Shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                _ => Fish,
            };
            // The program itself: the script 'fed' would look first whether it has to be built.
            var self = Programs.Self([]);
            var program = string.Join(' ', self.ArgumentList.Prepend(self.FileName).Select(Quoted));
            parsed.InvocationConfiguration.Output.WriteLine(
                script.Replace("@program", program).Replace("@suggest", Suggestions.Word));
            return ExitCode.Success;
        });
        return command;
    }

    private static string Quoted(string word) => $"'{word.Replace("'", @"'\''")}'";
}

/// <summary>What may stand at the end of a line that is being typed.</summary>
internal static partial class Suggestions
{
    /// <summary>The first argument of a shell that asks; the second is the line, up to the cursor.</summary>
    public const string Word = "[suggest]";

    /// <param name="line">With the name of the program.</param>
    public static IReadOnlyList<string> For(Command root, string line)
    {
        var start = line.TrimStart().IndexOf(' ');
        if (start < 0)
            return [];
        var rest = line.TrimStart()[start..].TrimStart();
        // The parser does not complete '--option=value'; bash takes what follows '=' for a word of its own.
        rest = OptionWithValue().Replace(rest, "$1 ");
        var word = rest[(rest.LastIndexOf(' ') + 1)..];
        return
        [
            .. root.Parse(rest).GetCompletions(rest.Length)
                .Select(found => Written(found.InsertText ?? found.Label))
                // Without /h, -h and -?, which nobody has to look for.
                .Where(text => text.StartsWith("--", StringComparison.Ordinal) || char.IsLetterOrDigit(text[0]))
                .Where(text => text.StartsWith(word, StringComparison.Ordinal))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    [GeneratedRegex(@"(?<!\S)(--[\w-]+)=")]
    private static partial Regex OptionWithValue();

    /// <summary>Names of enumerations are taken in any case; all help and documents have small letters.</summary>
    private static string Written(string text) => char.IsUpper(text[0]) ? text.ToLowerInvariant() : text;
}
