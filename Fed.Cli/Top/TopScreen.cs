using Spectre.Console;

namespace Fed.Cli.Top;

/// <summary>A page that is drawn over again and again, on a screen that the terminal gives back at the end.</summary>
internal sealed class TopScreen : IDisposable
{
    private readonly IAnsiConsole _console;

    public TopScreen(IAnsiConsole console)
    {
        _console = console;
        console.Write(new ControlCode("\e[?1049h\e[?25l\e[2J"));
    }

    public int Width => _console.Profile.Width;

    /// <summary>As much of it as the screen is high. Texts, not markup: names may have brackets.</summary>
    public void Show(IReadOnlyList<TopLine> lines)
    {
        // The last row stays free: a line break there would scroll.
        var room = Math.Max(1, _console.Profile.Height - 1);
        var shown = lines.Count <= room
            ? lines
            : [.. lines.Take(room - 1), new($"... and {lines.Count - room + 1} more lines; q ends", TopTone.Old)];
        _console.Write(new ControlCode("\e[H"));
        // Over what stands there, to the end of each line: erased first it would flicker.
        _console.Write(new Rows(shown.Select(line => new Text(line.Text.PadRight(Width), Look(line.Tone))
        {
            Overflow = Overflow.Crop,
        })));
        _console.Write(new ControlCode("\e[J"));
    }

    public void Dispose() => _console.Write(new ControlCode("\e[?25h\e[?1049l"));

    private static Style Look(TopTone tone) => tone switch
    {
        TopTone.Heading => new Style(decoration: Decoration.Bold),
        TopTone.Federation => new Style(Color.Green, decoration: Decoration.Bold),
        TopTone.Alarm => new Style(Color.Red, decoration: Decoration.Bold),
        TopTone.Old => new Style(Color.Grey),
        _ => Style.Plain,
    };
}

/// <summary>Waits for q on the keyboard.</summary>
internal static class QuitKey
{
    /// <summary>On a thread of its own, since a read of a key cannot be cancelled; the process ends over it.</summary>
    /// <returns>Never ends without a keyboard.</returns>
    public static Task Pressed()
    {
        var pressed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Console.IsInputRedirected)
            return pressed.Task;
        new Thread(() =>
        {
            while (Console.ReadKey(intercept: true).KeyChar is not ('q' or 'Q'))
            {
            }

            pressed.SetResult();
        })
        {
            IsBackground = true,
            Name = "fed top: keys",
        }.Start();
        return pressed.Task;
    }
}
