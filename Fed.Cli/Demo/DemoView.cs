using System.Threading.Channels;
using Spectre.Console;

namespace Fed.Cli.Demo;

/// <summary>Where the demo shows what it does.</summary>
internal interface IDemoView : IAsyncDisposable
{
    /// <summary>A line that stays.</summary>
    void Say(string line);

    /// <summary>Replaces what was shown before.</summary>
    void Show(DemoProgress progress);
}

/// <summary>What is shown while the demo runs.</summary>
/// <param name="Phase">What is being done, for people.</param>
/// <param name="Share">Of everything, 0 to 1.</param>
/// <param name="Federation">The federation that the rows are of.</param>
internal sealed record DemoProgress(
    string Phase, double Share, TimeSpan Elapsed, string Federation, IReadOnlyList<TierRow> Rows);

/// <summary>One cluster, or the global tier.</summary>
/// <param name="Accuracy">0 to 1, on the participants' validation samples; null before the first report.</param>
internal sealed record TierRow(
    string Key,
    int Participants,
    long Version,
    int Buffered,
    int Goal,
    long Accepted,
    double StalenessMean,
    long StalenessMax,
    double? Accuracy);

/// <summary>For pipes and files: plain lines, a few.</summary>
internal sealed class PlainView(TextWriter writer) : IDemoView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private string _phase = "";
    private TimeSpan _next;

    public void Say(string line)
    {
        lock (_gate)
            writer.WriteLine(line);
    }

    public void Show(DemoProgress progress)
    {
        lock (_gate)
        {
            if (progress.Phase == _phase && progress.Elapsed < _next)
                return;
            _phase = progress.Phase;
            _next = progress.Elapsed + Interval;
            var rows = progress.Rows.Select(row =>
                $"{row.Key} v{row.Version}{(row.Accuracy is { } accuracy ? $" {accuracy:P0}" : "")}");
            var head = $"{progress.Elapsed.TotalSeconds,5:0.0} s {progress.Share,5:P0}  {progress.Phase}";
            writer.WriteLine($"{head}  {string.Join("  ", rows)}");
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>
/// For a terminal: a live table of the clusters and a bar. One task draws; the others leave notes for it.
/// </summary>
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

/// <summary>The table that stays on the screen.</summary>
internal static class FinalTable
{
    public static void Print(IAnsiConsole console, DemoOutcome outcome)
    {
        var result = outcome.Result;
        var table = new Table().Border(TableBorder.Rounded).Title("accuracy on held-out content");
        table.AddColumn("cluster");
        string[] headings = ["participants", "samples", "version", "local only", "flat", "hierarchical", "centralised"];
        foreach (var heading in headings)
            table.AddColumn(heading, column => column.RightAligned());
        foreach (var cluster in result.Clusters)
        {
            table.AddRow(
                cluster.Key.EscapeMarkup(),
                $"{cluster.Participants}",
                $"{outcome.TestExamples[cluster.Key]}",
                $"{cluster.Version}",
                $"{cluster.Accuracy.LocalOnly:P1}",
                $"{cluster.Accuracy.Flat:P1}",
                $"{cluster.Accuracy.Hierarchical:P1}",
                $"{outcome.Centralised[cluster.Key]:P1}");
        }

        var mean = result.Global.Accuracy;
        table.AddEmptyRow();
        table.AddRow(
            "[bold]mean[/]",
            $"{result.Participants}",
            $"{outcome.TestExamples.Values.Sum()}",
            $"{result.Global.Version}",
            $"[bold]{mean.LocalOnly:P1}[/]",
            $"[bold]{mean.Flat:P1}[/]",
            $"[bold]{mean.Hierarchical:P1}[/]",
            $"[bold]{mean.Centralised:P1}[/]");
        console.Write(table);
        var updates = result.Updates;
        console.WriteLine(
            $"{updates.Accepted} updates accepted, {updates.Rejected} refused, {updates.BytesUp / 1e6:0.0} MB up, "
            + $"{updates.BytesDown / 1e6:0.0} MB down; the updates themselves {updates.PayloadBytes / 1e6:0.00} MB, "
            + $"{updates.Compression:0.0} times fewer bytes than as float32; staleness {updates.StalenessMean:0.0} on "
            + $"average and {updates.StalenessMax} at most; {result.Seconds:0.0} s with {result.Processes} processes");
    }
}
