using Spectre.Console;

namespace Fed.Cli.Demo.Views;

/// <summary>The table that stays on the screen.</summary>
internal static class FinalTable
{
    public static void Print(IAnsiConsole console, DemoOutcome outcome)
    {
        var result = outcome.Result;
        var table = new Table().Border(TableBorder.Rounded).Title("accuracy on held-out content");
        table.AddColumn("cluster");
        string[] headings = ["participants", "version", "local only", "flat", "hierarchical", "centralised"];
        foreach (var heading in headings)
            table.AddColumn(heading, column => column.RightAligned());
        foreach (var cluster in result.Clusters)
        {
            table.AddRow(
                cluster.Key.EscapeMarkup(),
                $"{cluster.Participants}",
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
            + $"{updates.Compression:0.0} times fewer bytes than as float32; staleness {updates.StalenessMean:0.0} on average and "
            + $"{updates.StalenessMax} at most; {result.Seconds:0.0} s with {result.Processes} processes");
    }
}
