using Fed.Client;
using Fed.Client.Agent;
using Spectre.Console;

namespace Fed.Cli.Commands;

/// <summary>Where tables go: colours and live drawing are for terminals only.</summary>
internal static class Screen
{
    private const int PlainWidth = 110;

    /// <summary>Can be drawn over again and again.</summary>
    public static bool IsTerminal => AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;

    /// <summary>Is a terminal that can go back to its first line.</summary>
    public static bool CanRedraw => IsTerminal && AnsiConsole.Profile.Capabilities.Ansi;

    /// <summary>Into a pipe or file without control codes, and wide enough for every column; on a terminal without
    /// colours where NO_COLOR is set (no-color.org).</summary>
    public static IAnsiConsole Create()
    {
        var colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        if (IsTerminal && colours)
            return AnsiConsole.Console;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
        });
        if (!IsTerminal)
            console.Profile.Width = PlainWidth;
        return console;
    }
}

/// <summary>What others have written, files or servers, for a terminal.</summary>
internal static class PlainText
{
    /// <summary>Control characters, which could draw anything there, become question marks.</summary>
    public static string Of(string text) => string.Concat(text.Select(each => char.IsControl(each) ? '?' : each));
}

/// <summary>Files that a command writes at its end: refused at its start if that will not be possible.</summary>
internal static class OutputFile
{
    /// <exception cref="AgentException">There can be no file at this path.</exception>
    public static void RequireWritable(string file, string option)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (!Directory.Exists(folder) || Directory.Exists(file))
        {
            throw new AgentException(
                ExitCode.Usage, $"{option} names '{file}', where no file can be; give a file in a folder that exists");
        }
    }
}
