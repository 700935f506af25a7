using Spectre.Console;

namespace Fed.Cli.Commands;

/// <summary>Where tables go: colours and live drawing are for terminals only.</summary>
internal static class Screen
{
    private const int PlainWidth = 110;

    /// <summary>Can be drawn over again and again.</summary>
    public static bool IsTerminal => AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;

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
