using System.Net;
using Fed.Cli.Demo;
using Fed.Client.Agent;

namespace Fed.Cli.Reports;

/// <summary>report.html of a demo: the table, and how it came to be over time.</summary>
internal static class DemoReport
{
    private const int MeanWindow = 15;

    private static readonly (string Style, string Name)[] Ways =
        [("s4", "local only"), ("s5", "flat"), ("s0", "hierarchical"), ("s2", "centralised")];

    public static string Render(DemoOutcome outcome)
    {
        var result = outcome.Result;
        var body = string.Concat(
            Head(outcome),
            "<h2>Accuracy per codec</h2>\n",
            Table(outcome),
            HtmlPage.Figure(Bars(outcome), "Accuracy in per cent on held-out content, by codec and on average."),
            "<h2>Accuracy over time</h2>\n",
            HtmlPage.Figure(
                Curves(outcome, DemoFederations.HierarchicalName),
                "Hierarchical federation: each cluster's versions, as its participants report them from their own "
                + "validation samples while it trains. Seconds since the first report."),
            HtmlPage.Figure(
                Curves(outcome, DemoFederations.FlatName),
                "Flat federation: the one model, as the participants of each codec report it."),
            "<h2>Staleness over time</h2>\n",
            HtmlPage.Figure(
                Staleness(outcome),
                "Each dot is a contribution to the hierarchical federation: how many versions its cluster had "
                + "committed since the base that it was trained from."),
            "<h2>The run</h2>\n",
            Run(outcome));
        return HtmlPage.Render($"FedHier: {result.Task}", body);
    }

    private static string Head(DemoOutcome outcome)
    {
        var result = outcome.Result;
        var mean = result.Global.Accuracy;
        return $"<h1>One model, {result.Participants} houses, no media shared</h1>\n"
            + $"<p>Task {HtmlPage.Escape(result.Task)}: hierarchical federated training reaches "
            + $"<strong>{mean.Hierarchical:P1}</strong> on held-out content, averaged over {result.Clusters.Count} "
            + $"codecs. Training alone reaches {mean.LocalOnly:P1}, one flat federation {mean.Flat:P1}, and a model of "
            + $"all data in one place {mean.Centralised:P1}.</p>\n"
            + $"<p class=\"soft\">Measured in this run, finished {outcome.FinishedAt:yyyy-MM-dd HH:mm:ss} UTC, "
            + $"{result.Seconds:0.0} s, {HtmlPage.Escape(result.Runtime)} runtime.</p>\n";
    }

    private static string Table(DemoOutcome outcome)
    {
        var result = outcome.Result;
        var rows = result.Clusters.Select(IReadOnlyList<string> (cluster) =>
        [
            cluster.Key, $"{cluster.Participants}", $"{outcome.TestExamples[cluster.Key]}", $"{cluster.Version}",
            $"{cluster.Accuracy.LocalOnly:P1}", $"{cluster.Accuracy.Flat:P1}", $"{cluster.Accuracy.Hierarchical:P1}",
            $"{outcome.Centralised[cluster.Key]:P1}", $"{outcome.GlobalModel[cluster.Key]:P1}",
        ]);
        var mean = result.Global.Accuracy;
        return HtmlPage.Table(
            [
                "cluster", "participants", "test set", "version", "local only", "flat", "hierarchical", "centralised",
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
            ]);
    }

    private static string Bars(DemoOutcome outcome)
    {
        var result = outcome.Result;
        var mean = result.Global.Accuracy;
        return BarChart.Render(
            "Accuracy per codec for four ways of training",
            [
                .. result.Clusters.Select((string, IReadOnlyList<double>) (cluster) => (cluster.Key,
                [
                    cluster.Accuracy.LocalOnly, cluster.Accuracy.Flat, cluster.Accuracy.Hierarchical,
                    outcome.Centralised[cluster.Key],
                ])),
                ("mean", [mean.LocalOnly, mean.Flat, mean.Hierarchical, mean.Centralised]),
            ],
            Ways,
            "accuracy");
    }

    private static string Curves(DemoOutcome outcome, string federation)
    {
        var codecOf = outcome.Plan.Participants.ToDictionary(entry => entry.Name, entry => entry.Cluster);
        var curves = outcome.Timeline.Accuracy(federation, name => codecOf[name]);
        var start = Start(outcome, federation);
        return LineChart.Render(
            $"Accuracy over time, federation {federation}",
            [
                .. outcome.Plan.Data.Clusters.Select((key, i) => new Series(key, $"s{i % 6}",
                [
                    .. curves.GetValueOrDefault(key, []).Select(point => ((point.At - start).TotalSeconds, point.Value)),
                ])),
            ],
            "accuracy",
            0,
            1,
            tick => $"{tick:P0}");
    }

    private static string Staleness(DemoOutcome outcome)
    {
        const string federation = DemoFederations.HierarchicalName;
        var start = Start(outcome, federation);
        var accepted = outcome.Timeline.Of(federation).Where(line => line.Event == AgentEventKind.Accepted).ToArray();
        return ScatterChart.Render(
            "Staleness of each contribution over time",
            [
                .. outcome.Plan.Data.Clusters.Select((key, i) => new Series(key, $"s{i % 6}",
                [
                    .. accepted.Where(line => line.Cluster == key)
                        .Select(line => ((line.At - start).TotalSeconds, (double)line.Staleness!.Value)),
                ])),
            ],
            "versions behind",
            MeanWindow);
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
            + $"seed {options.Seed}, {settings.Codec} updates. Every way of training started from the same model and "
            + $"made {outcome.Plan.Passes} passes over each participant's data.</p>\n"
            + $"<p>Hierarchical federation: {updates.Accepted} updates accepted, {updates.Rejected} refused, "
            + $"{updates.BytesUp / 1e6:0.0} MB sent and {updates.BytesDown / 1e6:0.0} MB received by the participants, of which "
            + $"the updates themselves are {updates.PayloadBytes / 1e6:0.00} MB, {updates.Compression:0.0} times fewer "
            + $"bytes than as float32; rule {settings.ClusterTier.Rule} in the clusters and {settings.GlobalTier.Rule} "
            + $"at the global tier, staleness weights {settings.Arithmetic.Staleness}, server optimiser "
            + $"{settings.Optimizer.Kind}; "
            + $"staleness {updates.StalenessMean:0.00} on average, {updates.StalenessMax} at most. Cluster buffers "
            + $"close at {Goal(settings.ClusterTier.Goal)}, the global one at {Goal(settings.GlobalTier.Goal)}; a cluster keeps "
            + $"{settings.Specialisation:P0} of its own direction.</p>\n"
            + $"<p class=\"soft\">Global version {result.Global.Version}: "
            + $"<code>sha256 {result.Global.Sha256}</code></p>\n";
    }

    private static string Goal(int goal) => goal == 0 ? "the whole cohort" : $"{goal}";
}

/// <summary>
/// A page that needs nothing but itself: no script, no font, no network; light and dark by the reader's choice.
/// </summary>
internal static class HtmlPage
{
    // Colours: Okabe and Ito, 'Color Universal Design' (2008), told apart by most colour-blind readers.
    private const string Style = """
        :root { color-scheme: light dark; --back: #fdfdfc; --text: #1d1f21; --soft: #5c6166; --line: #dcdedf;
          --card: #ffffff; --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #cc79a7; --c4: #c79100;
          --c5: #56b4e9; --mean: #1d1f21; }
        @media (prefers-color-scheme: dark) { :root { --back: #16181a; --text: #e8e6e3; --soft: #a3a8ad;
          --line: #34383c; --card: #1e2124; --c0: #56a8e8; --c1: #f08a4b; --c2: #3cc79b; --c3: #e39cc4; --c4: #f0c04a;
          --c5: #9ad4f5; --mean: #e8e6e3; } }
        body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1rem 3rem; background: var(--back); color: var(--text);
          font: 16px/1.5 system-ui, sans-serif; }
        h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
        p { margin: .4rem 0; max-width: 46rem; } .soft { color: var(--soft); font-size: .9rem; }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: .3rem .55rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
        th:first-child, td:first-child { text-align: left; } th { color: var(--soft); font-weight: 600; }
        tr.mean td { font-weight: 700; } td.best { color: var(--c2); }
        figure { margin: .5rem 0 0; padding: .75rem; background: var(--card); border: 1px solid var(--line);
          border-radius: 8px; } svg { display: block; width: 100%; height: auto; }
        figcaption { color: var(--soft); font-size: .9rem; margin-top: .5rem; }
        svg text { fill: var(--soft); font: 12px system-ui, sans-serif; } svg .legend { fill: var(--text); }
        svg .value { font-size: 10px; } svg .grid { stroke: var(--line); } svg .curve { fill: none; stroke-width: 2;
          stroke-linejoin: round; } svg .dot { fill-opacity: .7; stroke: none; }
        svg .s0 { fill: var(--c0); stroke: var(--c0); } svg .s1 { fill: var(--c1); stroke: var(--c1); }
        svg .s2 { fill: var(--c2); stroke: var(--c2); } svg .s3 { fill: var(--c3); stroke: var(--c3); }
        svg .s4 { fill: var(--c4); stroke: var(--c4); } svg .s5 { fill: var(--c5); stroke: var(--c5); }
        svg .mean { fill: var(--mean); stroke: var(--mean); } svg polyline.curve { fill: none; }
        code { font-size: .85em; overflow-wrap: anywhere; }
        """;

    /// <param name="body">HTML; what is not ours in it is escaped already.</param>
    public static string Render(string title, string body) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{Escape(title)}</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        {body}
        </body>
        </html>

        """;

    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    public static string Figure(string svg, string caption) =>
        $"<figure>\n{svg}<figcaption>{Escape(caption)}</figcaption>\n</figure>\n";

    /// <param name="rows">The last one is the mean.</param>
    public static string Table(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var head = string.Concat(headings.Select(heading => $"<th>{Escape(heading)}</th>"));
        var lines = rows.Select((row, i) =>
            $"<tr{(i == rows.Count - 1 ? " class=\"mean\"" : "")}>"
            + string.Concat(row.Select(cell => $"<td>{Escape(cell)}</td>")) + "</tr>");
        return $"<div class=\"scroll\"><table>\n<thead><tr>{head}</tr></thead>\n"
            + $"<tbody>\n{string.Join('\n', lines)}\n</tbody>\n</table></div>\n";
    }
}
