using System.Threading.Channels;
using Spectre.Console;

namespace Fed.Cli.Demo.Views;

/// <summary>For a terminal: a live table of the clusters and a bar. One task draws; the others leave notes for
/// it.</summary>
internal sealed class TerminalView : IDemoView
{
    private const int BarWidth = 40;

    private readonly Channel<object> notes = Channel.CreateUnbounded<object>(new() { SingleReader = true });
    private readonly IAnsiConsole _console;
    private readonly Task _drawing;

    public TerminalView(IAnsiConsole console)
    {
        _console = console;
        _drawing = Task.Run(DrawAsync);
    }

    public void Say(string line) => notes.Writer.TryWrite(line);

    public void Show(DemoProgress progress) => notes.Writer.TryWrite(progress);

    public async ValueTask DisposeAsync()
    {
        notes.Writer.TryComplete();
        await _drawing;
    }

    private Task DrawAsync() => _console.Live(new Markup("")).AutoClear(false).StartAsync(async context =>
    {
        await foreach (var note in notes.Reader.ReadAllAsync())
        {
            if (note is string line)
                _console.MarkupLineInterpolated($"{line}");
            else
                context.UpdateTarget(Draw((DemoProgress)note));
        }
    });

    private static Rows Draw(DemoProgress progress)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"federation [bold]{progress.Federation}[/]");
        table.AddColumn("cluster");
        string[] headings = ["participants", "version", "buffer", "accepted", "staleness mean/max", "accuracy"];
        foreach (var heading in headings)
            table.AddColumn(heading, column => column.RightAligned());
        foreach (var row in progress.Rows)
        {
            table.AddRow(
                row.Key.EscapeMarkup(),
                $"{row.Participants}",
                $"{row.Version}",
                $"{row.Buffered}/{row.Goal}",
                $"{row.Accepted}",
                $"{row.StalenessMean:0.0} / {row.StalenessMax}",
                row.Accuracy is { } accuracy ? $"{accuracy:P1}" : "-");
        }

        return new Rows(table, Bar(progress));
    }

    private static Markup Bar(DemoProgress progress)
    {
        var filled = (int)Math.Round(Math.Clamp(progress.Share, 0, 1) * BarWidth);
        return new Markup(
            $"[green]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/] {progress.Share,4:P0}  "
            + $"{progress.Elapsed.TotalSeconds:0} s  {progress.Phase.EscapeMarkup()}");
    }
}
