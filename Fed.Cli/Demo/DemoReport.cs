using System.Text.Json;
using System.Text.Json.Serialization;
using Fed.Cli.Commands;
using Fed.Client.Agent;
using Fed.Silo.Hosting;

namespace Fed.Cli.Demo;

/// <summary>
/// report.html of a demo: the table, and how it came to be over time. One file that needs nothing from elsewhere: the
/// style and the chart of the silo's status page stand in it, the chart's data as JSON, and for readers without
/// JavaScript the same as tables.
/// </summary>
internal static class DemoReport
{
    private const int MeanWindow = 15;

    /// <summary>Rows of a table of curves.</summary>
    private const int Instants = 10;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>What chart.js draws in one figure.</summary>
    /// <param name="Id">Of the figure's element.</param>
    /// <param name="Kind"><c>accuracy</c> or <c>staleness</c>.</param>
    private sealed record Chart(string Id, string Kind, IReadOnlyList<Series> Series);

    /// <param name="Marks"><c>dots</c> without a line, <c>line</c> without dots; null: both.</param>
    private sealed record Series(string Name, IReadOnlyList<Point> Points, string? Marks = null);

    /// <param name="X">Seconds since the first report.</param>
    private sealed record Point(double X, double Y, long? Version = null);

    public static string Render(DemoOutcome outcome)
    {
        var hierarchical = Curves(outcome, DemoFederations.HierarchicalName);
        var flat = Curves(outcome, DemoFederations.FlatName);
        var staleness = Staleness(outcome);
        var body = string.Concat(
            Head(outcome),
            Section("Accuracy per cluster", "On held-out content, by cluster and on average.", Accuracies(outcome)),
            Section(
                "Accuracy over time",
                "Hierarchical federation: each cluster's versions, as its participants report them from their own "
                + "validation samples while it trains. Seconds since the first report.",
                Figure(hierarchical, Values(hierarchical))),
            Section(
                "Accuracy over time, flat",
                "Flat federation: the one model, as the participants of each cluster report it.",
                Figure(flat, Values(flat))),
            Section(
                "Staleness over time",
                "Each dot is a contribution to the hierarchical federation: how many versions its cluster had "
                + "committed since the base that it was trained from.",
                Figure(staleness, Counts(staleness))),
            Section("The run", null, Run(outcome)));
        return Page($"FedHier: {outcome.Result.Task}", body, [hierarchical, flat, staleness]);
    }

    /// <param name="headings">Plain text, as all cells.</param>
    /// <param name="hasMean">The last row is the mean of the others.</param>
    internal static string Table(
        IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows, bool hasMean = false)
    {
        var head = string.Concat(headings.Select((text, column) => $"<th{Align(column)}>{Escape(text)}</th>"));
        var lines = rows.Select((row, i) =>
            $"<tr{(hasMean && i == rows.Count - 1 ? " class=\"mean\"" : "")}>"
            + string.Concat(row.Select((cell, column) => $"<td{Align(column)}>{Escape(cell)}</td>"))
            + "</tr>");
        return $"<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>{head}</tr></thead>\n"
            + $"<tbody>\n{string.Join('\n', lines)}\n</tbody>\n</table></div>\n";
    }

    private static string Align(int column) => column == 0 ? "" : " class=\"number\"";

    private static string Page(string title, string body, IReadOnlyList<Chart> charts) => HtmlPage.Of(
        title,
        HtmlPage.Resource(typeof(DemoReport), "report.css"),
        $"""
        {body}
        <script type="application/json" id="data">{JsonSerializer.Serialize(charts, Json)}</script>
        <script type="module">
        {HtmlPage.Resource(typeof(SiloHost), "Fed.Silo.Page.Assets.chart.js")}
        {HtmlPage.Resource(typeof(DemoReport), "report.js")}
        </script>
        """);

    private static string Escape(string text) => HtmlPage.Escape(text);

    private static string Section(string title, string? note, string content) =>
        $"<section>\n<h2>{Escape(title)}</h2>\n"
        + (note is null ? "" : $"<p class=\"note\">{Escape(note)}</p>\n")
        + $"{content}</section>\n";

    private static string Figure(Chart chart, string table) =>
        $"<figure class=\"chart\" id=\"{chart.Id}\"></figure>\n"
        // Open where no script draws the figure and closes it.
        + $"<details open><summary>As numbers</summary>\n{table}</details>\n";

    private static string Head(DemoOutcome outcome)
    {
        var result = outcome.Result;
        var mean = result.Global.Accuracy;
        return $"<header><h1>One model, {result.Participants} houses, no media shared</h1></header>\n"
            + $"<p>Task {Escape(result.Task)}: hierarchical federated training reaches "
            + $"<strong>{mean.Hierarchical:P1}</strong> on {outcome.TestExamples.Values.Sum():N0} held-out samples, "
            + $"averaged over {result.Clusters.Count} clusters. Training alone reaches {mean.LocalOnly:P1}, one flat "
            + $"federation {mean.Flat:P1}, and a model of all data in one place {mean.Centralised:P1}.</p>\n"
            + $"<p class=\"note\">Measured in this run, finished {outcome.FinishedAt:yyyy-MM-dd HH:mm:ss} UTC, "
            + $"{result.Seconds:0.0} s, {Escape(result.Runtime)} runtime.</p>\n";
    }

    private static string Accuracies(DemoOutcome outcome)
    {
        var result = outcome.Result;
        var rows = result.Clusters.Select(IReadOnlyList<string> (cluster) =>
        [
            cluster.Key, $"{cluster.Participants}", $"{outcome.TestExamples[cluster.Key]}", $"{cluster.Version}",
            $"{cluster.Accuracy.LocalOnly:P1}", $"{cluster.Accuracy.Flat:P1}", $"{cluster.Accuracy.Hierarchical:P1}",
            $"{outcome.Centralised[cluster.Key]:P1}", $"{outcome.GlobalModel[cluster.Key]:P1}",
        ]);
        var mean = result.Global.Accuracy;
        return Table(
            [
                "cluster", "participants", "samples", "version", "local only", "flat", "hierarchical", "centralised",
                "global model",
            ],
            [
                .. rows,
                [
                    "mean", $"{result.Participants}", $"{outcome.TestExamples.Values.Sum()}",
                    $"{result.Global.Version}",
                    $"{mean.LocalOnly:P1}", $"{mean.Flat:P1}", $"{mean.Hierarchical:P1}", $"{mean.Centralised:P1}",
                    $"{outcome.GlobalModel.Values.Average():P1}",
                ],
            ],
            hasMean: true)
            + Bars(mean);
    }

    /// <summary>The means again, as lengths; they need no script.</summary>
    private static string Bars(GlobalAccuracy mean)
    {
        (string Name, double Value)[] ways =
        [
            ("local only", mean.LocalOnly), ("flat", mean.Flat), ("hierarchical", mean.Hierarchical),
            ("centralised", mean.Centralised),
        ];
        return string.Concat(ways.Select(way =>
            $"<p class=\"way\"><span>{way.Name}</span><meter min=\"0\" max=\"1\" value=\"{Math.Round(way.Value, 4)}\">"
            + $"{way.Value:P1}</meter>{way.Value:P1}</p>\n"));
    }

    private static Chart Curves(DemoOutcome outcome, string federation)
    {
        var clusterOf = outcome.Plan.Participants.ToDictionary(entry => entry.Name, entry => entry.Cluster);
        var curves = outcome.Timeline.Accuracy(federation, name => clusterOf[name]);
        var start = Start(outcome, federation);
        var series = outcome.Plan.Data.Clusters.Select(key => new Series(
            key,
            [
                .. curves.GetValueOrDefault(key, [])
                    .Select(point => new Point(Since(start, point.At), Math.Round(point.Value, 4), point.Version)),
            ]));
        return new Chart(federation, "accuracy", [.. series]);
    }

    private static Chart Staleness(DemoOutcome outcome)
    {
        const string federation = DemoFederations.HierarchicalName;
        var start = Start(outcome, federation);
        var accepted = outcome.Timeline.Of(federation).Where(line => line.Event == AgentEventKind.Accepted).ToArray();
        var dots = outcome.Plan.Data.Clusters.Select(key => new Series(
            key,
            [
                .. accepted.Where(line => line.Cluster == key)
                    .Select(line => new Point(Since(start, line.At), line.Staleness!.Value, line.Version)),
            ],
            "dots"));
        var mean = accepted.Select((line, i) => new Point(
            Since(start, line.At),
            Math.Round(
                accepted[Math.Max(0, i + 1 - MeanWindow)..(i + 1)].Average(other => other.Staleness!.Value), 3)));
        return new Chart("staleness", "staleness", [.. dots, new Series("running mean", [.. mean], "line")]);
    }

    private static double Since(DateTimeOffset start, DateTimeOffset at) => Math.Round((at - start).TotalSeconds, 2);

    /// <summary>What every curve has reached, at instants from the first report to the last.</summary>
    private static string Values(Chart chart)
    {
        var last = chart.Series.SelectMany(series => series.Points).Select(point => point.X).DefaultIfEmpty().Max();
        var rows = Enumerable.Range(1, Instants).Select(i => last * i / Instants).Select(IReadOnlyList<string> (at) =>
        [
            $"{at:0.0} s",
            .. chart.Series.Select(series =>
                series.Points.LastOrDefault(point => point.X <= at + 1e-9) is { } point ? $"{point.Y:P1}" : "-"),
        ]);
        return Table(["time", .. chart.Series.Select(series => series.Name)], [.. rows]);
    }

    /// <summary>How many contributions of each cluster were so many versions behind.</summary>
    private static string Counts(Chart chart)
    {
        var clusters = chart.Series.Where(series => series.Marks == "dots").ToArray();
        var most = (int)clusters.SelectMany(series => series.Points).Select(point => point.Y).DefaultIfEmpty().Max();
        var behind = Enumerable.Range(0, most + 1).ToArray();
        var rows = clusters.Select(IReadOnlyList<string> (series) =>
        [
            series.Name,
            .. behind.Select(versions => $"{series.Points.Count(point => (int)point.Y == versions)}"),
        ]);
        return Table(["versions behind", .. behind.Select(versions => $"{versions}")], [.. rows]);
    }

    private static DateTimeOffset Start(DemoOutcome outcome, string federation) =>
        outcome.Timeline.Of(federation)
            .Where(line => line.Event is AgentEventKind.Evaluated or AgentEventKind.Accepted)
            .Select(line => line.At)
            .FirstOrDefault();

    private static string Run(DemoOutcome outcome)
    {
        var (result, options) = (outcome.Result, outcome.Options);
        var updates = result.Updates;
        var settings = outcome.Plan.Hierarchical;
        return $"<p>{result.Processes} processes on one machine; {options.Mode.ToString().ToLowerInvariant()} mode, "
            + $"seed {options.Seed}, {Escape(settings.Codec)} updates. Every way of training started from the same "
            + $"model and made {outcome.Plan.Passes} passes over each participant's data.</p>\n"
            + $"<p>Hierarchical federation: {updates.Accepted} updates accepted, {updates.Rejected} refused, "
            + $"{updates.BytesUp / 1e6:0.0} MB sent and {updates.BytesDown / 1e6:0.0} MB received by the participants, "
            + $"of which the updates themselves are {updates.PayloadBytes / 1e6:0.00} MB, {updates.Compression:0.0} "
            + $"times fewer bytes than as float32; rule {Escape(settings.ClusterTier.Rule)} in the clusters and "
            + $"{Escape(settings.GlobalTier.Rule)} at the global tier, staleness weights "
            + $"{Escape(settings.Arithmetic.Staleness)}, server optimiser {Escape(settings.Optimizer.Kind)}; "
            + $"staleness {updates.StalenessMean:0.00} on average, {updates.StalenessMax} at most. Cluster buffers "
            + $"close at {Goal(settings.ClusterTier.Goal)}, the global one at {Goal(settings.GlobalTier.Goal)}; a "
            + $"cluster keeps {settings.Specialisation:P0} of its own direction.</p>\n"
            + $"<p class=\"note\">Global version {result.Global.Version}: "
            + $"<code>sha256 {result.Global.Sha256}</code></p>\n";
    }

    private static string Goal(int goal) => goal == 0 ? "the whole cohort" : $"{goal}";
}
