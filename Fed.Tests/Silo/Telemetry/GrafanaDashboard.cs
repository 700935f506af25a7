using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fed.Tests.Silo.Telemetry;

/// <summary>A dashboard of <c>deploy/grafana</c>.</summary>
internal sealed partial record GrafanaDashboard(string File, JsonObject Json)
{
    /// <summary>What Grafana knows by itself.</summary>
    private static readonly string[] BuiltIn = ["__rate_interval", "__range", "__all", "__data", "__url_time_range"];

    public static string[] Files =>
        Directory.GetFiles(Repository.PathOf("deploy", "grafana"), "*.json").Order(StringComparer.Ordinal).ToArray();

    public static GrafanaDashboard[] All => [.. Files.Select(Read)];

    public string Uid => (string)Json["uid"]!;

    /// <summary>Rows too.</summary>
    public JsonObject[] Panels => [.. Json["panels"]!.AsArray().Select(panel => panel!.AsObject())];

    /// <summary>Those that show something.</summary>
    public IEnumerable<JsonObject> Shown => Panels.Where(panel => TypeOf(panel) != "row");

    public JsonObject[] Variables => [.. Json["templating"]!["list"]!.AsArray().Select(one => one!.AsObject())];

    /// <summary>All that Prometheus is asked, with the panel that asks.</summary>
    public IEnumerable<PanelQuery> Queries => Shown.SelectMany(panel => TargetsOf(panel).Select(target =>
        new PanelQuery($"{Uid}, {panel["title"]}, {target["refId"]}", (string)target["expr"]!)));

    /// <summary>The names of the variables that stand anywhere in it, without Grafana's own.</summary>
    public IEnumerable<string> UsedVariables => Strings(Json)
        .SelectMany(text => Variable().Matches(text)).Select(match => match.Groups["name"].Value)
        .Where(name => !BuiltIn.Contains(name)).Distinct();

    public static string TypeOf(JsonObject panel) => (string)panel["type"]!;

    public static JsonObject[] TargetsOf(JsonObject panel) =>
        [.. (panel["targets"]?.AsArray() ?? []).Select(target => target!.AsObject())];

    public static GrafanaDashboard Read(string path) =>
        new(Path.GetFileName(path), JsonNode.Parse(System.IO.File.ReadAllText(path))!.AsObject());

    private static IEnumerable<string> Strings(JsonNode? node) => node switch
    {
        JsonObject parts => parts.SelectMany(part => Strings(part.Value)),
        JsonArray parts => parts.SelectMany(Strings),
        JsonValue value when value.TryGetValue(out string? text) => [text],
        _ => [],
    };

    [GeneratedRegex(@"\$\{?(?<name>[A-Za-z_]\w*)")]
    private static partial Regex Variable();
}

/// <summary>One expression of a panel.</summary>
/// <param name="Place">Dashboard, panel and query, for people.</param>
/// <param name="Text">As the file has it.</param>
internal sealed partial record PanelQuery(string Place, string Text)
{
    /// <summary>The names of metrics of ours, those of parts of a histogram included.</summary>
    public IEnumerable<string> OurMetrics => Ours().Matches(Text).Select(match => match.Value);

    /// <summary>As Prometheus gets it when somebody looks at everything of a federation.</summary>
    public string For(string federation) => Text
        .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
        .Replace("$__range", "1h", StringComparison.Ordinal)
        .Replace("$federation", federation, StringComparison.Ordinal)
        .Replace("$tier", ".*", StringComparison.Ordinal)
        .Replace("$instance", ".*", StringComparison.Ordinal);

    [GeneratedRegex(@"\bfedhier_\w+")]
    private static partial Regex Ours();
}
