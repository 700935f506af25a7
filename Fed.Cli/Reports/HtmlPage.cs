using System.Net;

namespace Fed.Cli.Reports;

/// <summary>A page that needs nothing but itself: no script, no font, no network; light and dark by the reader's
/// choice.</summary>
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
