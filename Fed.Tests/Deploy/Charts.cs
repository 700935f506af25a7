using System.Globalization;
using System.Text.Json.Nodes;

namespace Fed.Tests.Deploy;

/// <summary>The charts of the repository, each rendered once with each of its files of values.</summary>
internal static class Charts
{
    public const string Silos = "fed-hier";

    public const string Participant = "fed-participant";

    public const string Release = "fed";

    public const string Namespace = "media";

    /// <summary>The chart's own values, with nothing added: they must be enough for silos.</summary>
    private const string Defaults = "defaults";

    private static readonly Lazy<Task<IReadOnlyDictionary<string, Render>>> s_renders = new(RenderAllAsync);

    private static readonly Lazy<Task<IReadOnlyDictionary<string, Documents>>> s_files = new(() =>
        Helm.ReadAsync([
            .. new[] { Silos, Participant }.Select(chart =>
                (chart, File.ReadAllText(PathOf(chart, "values.yaml")), false)),
            ("alerts", File.ReadAllText(Repository.PathOf("deploy", "prometheus", "alerts.yml")), false),
            .. new[] { Silos, Participant }.Select(chart =>
                ($"{chart}/Chart", File.ReadAllText(PathOf(chart, "Chart.yaml")), false)),
        ]));

    public static TheoryData<string, string> All => Of(Silos, Participant);

    public static TheoryData<string> OfSilos => [.. SetsOf(Silos)];

    public static TheoryData<string> OfParticipant => [.. SetsOf(Participant)];

    public static string PathOf(string chart, params string[] parts) =>
        Path.Combine([Repository.PathOf("helm", chart), .. parts]);

    public static async Task<Render> GetAsync(string chart, string set) =>
        (await s_renders.Value)[$"{chart}/{set}"];

    /// <summary>A chart's values.yaml, its Chart.yaml by <c>CHART/Chart</c>, or <c>alerts</c>, our rules.</summary>
    public static async Task<JsonObject> ReadAsync(string name) => (await s_files.Value)[name].All.Single();

    /// <summary>Options of helm for a set of values.</summary>
    public static string[] Values(string chart, string set) =>
        set == Defaults ? [] : ["--values", PathOf(chart, "ci", $"{set}.yaml")];

    private static TheoryData<string, string> Of(params string[] charts)
    {
        var all = new TheoryData<string, string>();
        foreach (var chart in charts)
        {
            foreach (var set in SetsOf(chart))
                all.Add(chart, set);
        }

        return all;
    }

    private static IEnumerable<string> SetsOf(string chart) =>
        Directory.GetFiles(PathOf(chart, "ci"), "*.yaml")
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Concat(chart == Silos ? [Defaults] : [])
            .Order(StringComparer.Ordinal);

    private static async Task<IReadOnlyDictionary<string, Render>> RenderAllAsync()
    {
        var texts = await Task.WhenAll(new[] { Silos, Participant }
            .SelectMany(chart => SetsOf(chart).Select(set => (Chart: chart, Set: set)))
            .Select(async each =>
            {
                var (code, output, errors) = await Helm.RunAsync([
                    "template", Release, PathOf(each.Chart), "--namespace", Namespace,
                    .. Values(each.Chart, each.Set)]);
                Assert.True(code == 0, errors);
                return ($"{each.Chart}/{each.Set}", output, true);
            }));
        var read = await Helm.ReadAsync(texts);
        return texts.ToDictionary(text => text.Item1, text => new Render(text.Item2, read[text.Item1]));
    }
}

/// <summary>What a chart makes of a set of values.</summary>
internal sealed record Render(string Text, Documents Documents)
{
    public JsonObject[] Objects => Documents.All;

    /// <summary>The pod of the silos or the participant.</summary>
    public JsonNode Pod => Objects.Single(one => one.Text("kind") is "StatefulSet" or "Job").At("spec/template");

    public JsonNode Container => Pod.At("spec/containers/0");

    public IEnumerable<JsonObject> OfKind(string kind) => Objects.Where(one => one.Text("kind") == kind);

    public JsonObject Only(string kind) => OfKind(kind).Single();
}

/// <summary>Ways through objects: the parts of a path stand between slashes.</summary>
internal static class JsonPaths
{
    public static JsonNode At(this JsonNode node, string path) =>
        node.Find(path) ?? throw new InvalidOperationException($"there is no {path} in {node.ToJsonString()}");

    public static JsonNode? Find(this JsonNode node, string path)
    {
        JsonNode? at = node;
        foreach (var part in path.Split('/'))
        {
            at = at switch
            {
                JsonArray list => int.Parse(part, CultureInfo.InvariantCulture) is var place && place < list.Count
                    ? list[place]
                    : null,
                JsonObject map => map[part],
                _ => null,
            };
        }

        return at;
    }

    public static string? Text(this JsonNode node, string path) => node.Find(path)?.ToString();

    public static IEnumerable<JsonNode> List(this JsonNode node, string path) =>
        (node.Find(path)?.AsArray() ?? []).Select(each => each!);
}
