using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fed.Tests.Deploy;

/// <summary>What the charts render: objects that Kubernetes takes, and the ones that were looked at.</summary>
public sealed partial class ChartRenderTests
{
    private static readonly string s_golden = Repository.PathOf("Fed.Tests", "Deploy", "Golden");

    [HelmTheory]
    [MemberData(nameof(Charts.All), MemberType = typeof(Charts))]
    public async Task Chart_WithAnyValues_PassesHelmsLint(string chart, string set)
    {
        var (code, output, errors) = await Helm.RunAsync(
            ["lint", "--strict", Charts.PathOf(chart), .. Charts.Values(chart, set)]);

        Assert.True(code == 0, output + errors);
    }

    [HelmTheory]
    [MemberData(nameof(Charts.All), MemberType = typeof(Charts))]
    public async Task Objects_OfAnyValues_AreThoseThatKubernetesKnows(string chart, string set)
    {
        var render = await Charts.GetAsync(chart, set);

        Assert.NotEmpty(render.Objects);
        Assert.Empty(render.Documents.Problems);
        Assert.Equal(
            render.Objects.Length,
            render.Objects.Select(one => $"{one.Text("kind")}/{one.Text("metadata/name")}").Distinct().Count());
    }

    /// <summary>The check above, which would be worth nothing if it took anything.</summary>
    [HelmFact]
    public async Task Objects_WithAMistake_AreSaidToHaveIt()
    {
        (string Set, string Right, string Wrong, string Said)[] mistakes =
        [
            ("hardened", "readOnlyRootFilesystem: true", "readOnlyRootFs: true", "readOnlyRootFs is no field"),
            ("hardened", "  selector:\n", "  selectors:\n", "/spec required {\"missingProperty\":\"selector\"}"),
            ("hardened", "replicas: 5", "replicas: \"5\"", "/spec/replicas type {\"type\":\"integer\"}"),
            ("hardened", "policyTypes:", "policies:", "/spec/policies is no field"),
            ("hardened", "kind: StatefulSet", "kind: StatefullSet", "apps/v1 has no kind StatefullSet"),
            ("hardened", "apiVersion: policy/v1", "apiVersion: policy/v0", "nobody knows policy/v0"),
            ("hardened", "  name: fed-fed-hier\n", "  name: fed\n  name: fed\n", "Map keys must be unique"),
            ("monitoring", "interval: 15s", "interval: 15q", "/spec/endpoints/0/interval pattern"),
            ("monitoring", "    expr:", "    expression:", "rules/0/expression is no field"),
            ("gateway-api", "backendRequest: 0s", "backendRequests: 0s", "/timeouts/backendRequests is no field"),
        ];
        var texts = await Task.WhenAll(mistakes.Select(async mistake =>
        {
            var text = (await Charts.GetAsync(Charts.Silos, mistake.Set)).Text;
            Assert.Contains(mistake.Right, text, StringComparison.Ordinal);
            return (mistake.Said, text.Replace(mistake.Right, mistake.Wrong, StringComparison.Ordinal), true);
        }));

        var read = await Helm.ReadAsync(texts);

        Assert.All(mistakes, mistake => Assert.Contains(
            read[mistake.Said].Problems,
            problem => problem.Contains(mistake.Said, StringComparison.Ordinal)));
    }

    /// <summary>After a change that is meant, <c>FED_WRITE_GOLDEN=1</c> writes them anew.</summary>
    [HelmTheory]
    [MemberData(nameof(Charts.All), MemberType = typeof(Charts))]
    public async Task Render_OfAnyValues_IsTheGoldenFile(string chart, string set)
    {
        var text = WithoutCopies((await Charts.GetAsync(chart, set)).Text);
        var path = Path.Combine(s_golden, $"{chart}-{set}.yaml");
        if (Environment.GetEnvironmentVariable("FED_WRITE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(s_golden);
            await File.WriteAllTextAsync(path, text);
        }

        Assert.Equal(await File.ReadAllTextAsync(path), text);
    }

    [HelmFact]
    public void GoldenFiles_AreThoseOfTheValuesThatThereAre() => Assert.Equal(
        Charts.All.Select(each => $"{each[0]}-{each[1]}.yaml").Order(StringComparer.Ordinal),
        Directory.GetFiles(s_golden).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));

    [HelmFact]
    public async Task PrometheusRule_HasTheRulesOfTheRepository()
    {
        var rule = (await Charts.GetAsync(Charts.Silos, "monitoring")).Only("PrometheusRule");

        var ours = await Charts.ReadAsync("alerts");
        Assert.True(JsonNode.DeepEquals(ours, rule.At("spec")), rule.ToJsonString());
    }

    [HelmFact]
    public async Task Dashboards_AreThoseOfTheRepository()
    {
        var maps = (await Charts.GetAsync(Charts.Silos, "monitoring")).OfKind("ConfigMap")
            .Where(map => map.Text("metadata/labels/grafana_dashboard") == "1")
            .SelectMany(map => map.At("data").AsObject())
            .ToDictionary(each => each.Key, each => JsonNode.Parse((string)each.Value!));

        var files = Directory.GetFiles(Repository.PathOf("deploy", "grafana"), "*.json");
        Assert.Equal(files.Length, maps.Count);
        Assert.All(files, file => Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse(File.ReadAllText(file)), maps[$"fedhier-{Path.GetFileName(file)}"])));
    }

    /// <summary>What is a copy of another file of the repository need not stand in a golden one, too.</summary>
    private static string WithoutCopies(string text) => Rules().Replace(
        DashboardData().Replace(text, "$1  # deploy/grafana/$2\n"), "$1  # deploy/prometheus/alerts.yml\n");

    [GeneratedRegex("^(data:\n)  fedhier-(\\w+\\.json): \\|-\n(?:    .*\n)+", RegexOptions.Multiline)]
    private static partial Regex DashboardData();

    [GeneratedRegex("(kind: PrometheusRule\n(?:.+\n)+?spec:\n)(?:(?: .*)?\n)+", RegexOptions.None)]
    private static partial Regex Rules();
}
