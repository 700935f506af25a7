using System.Text;
using System.Text.Json.Nodes;
using Fed.Silo.Telemetry;
using Fed.Tests.Silo.Sqlite;

namespace Fed.Tests.Silo.Telemetry;

/// <summary>The dashboards of <c>deploy/grafana</c>, as files: what Grafana or Prometheus would stumble on.</summary>
public sealed class DashboardFilesTests
{
    /// <summary>Columns of Grafana's grid.</summary>
    private const int Columns = 24;

    public static TheoryData<string> Files => [.. GrafanaDashboard.Files.Select(path => Path.GetFileName(path)!)];

    [Fact]
    public void Dashboards_OfTheRepository_HaveUidsThatTheirLinksName()
    {
        var all = GrafanaDashboard.All;

        Assert.Equal(
            ["federation.json", "overview.json", "participants.json", "silo.json"], all.Select(one => one.File));
        Assert.All(all, one => Assert.Equal($"fedhier-{Path.GetFileNameWithoutExtension(one.File)}", one.Uid));
        Assert.Equal(all.Length, all.Select(one => (string)one.Json["title"]!).Distinct().Count());
        Assert.All(all, one => Assert.Equal(
            all.Where(other => other != one).Select(other => $"/d/{other.Uid}").Order(StringComparer.Ordinal),
            one.Json["links"]!.AsArray().Select(link => (string)link!["url"]!).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Dashboards_OfTheRepository_ShowTheLastHourAndNeedNothingFromElsewhere(string file)
    {
        var dashboard = Read(file);

        Assert.True((int)dashboard.Json["schemaVersion"]! >= 39);
        Assert.Equal("15s", (string?)dashboard.Json["refresh"]);
        Assert.Equal("now-1h", (string?)dashboard.Json["time"]!["from"]);
        Assert.DoesNotContain("://", dashboard.Json.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Provisioning_OfTheRepository_LoadsTheFolderThatTheReadmeMounts()
    {
        const string key = "path: ";
        var provider = File.ReadAllLines(
            Repository.PathOf("deploy", "grafana", "provisioning", "dashboards", "fedhier.yaml"));
        var folder = provider.Select(line => line.Trim())
            .Single(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..];

        var readme = File.ReadAllText(Repository.PathOf("deploy", "grafana", "README.md"));

        Assert.Contains($"/deploy/grafana:{folder}:ro", readme, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Panels_OfADashboard_HaveIdTitleAndDescriptionOfTheirOwn(string file)
    {
        var dashboard = Read(file);

        Assert.Equal(dashboard.Panels.Length, dashboard.Panels.Select(panel => (int)panel["id"]!).Distinct().Count());
        Assert.All(dashboard.Panels, panel => Assert.NotEmpty((string)panel["title"]!));
        Assert.All(dashboard.Shown, panel => Assert.True(
            ((string?)panel["description"])?.Length > 0, $"'{panel["title"]}' has no description"));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Panels_OfADashboard_AskTheChosenDataSourceAndNameUnitAndLegend(string file)
    {
        var asking = Read(file).Shown.Where(panel => GrafanaDashboard.TypeOf(panel) != "text").ToArray();

        Assert.NotEmpty(asking);
        Assert.All(asking, panel =>
        {
            var title = (string)panel["title"]!;
            var targets = GrafanaDashboard.TargetsOf(panel);
            Assert.Equal("${datasource}", (string?)panel["datasource"]?["uid"]);
            Assert.True((string?)panel["fieldConfig"]!["defaults"]!["unit"] is { Length: > 0 }, $"'{title}': no unit");
            Assert.True(targets.Length > 0, $"'{title}' asks nothing");
            Assert.Equal(targets.Length, targets.Select(target => (string)target["refId"]!).Distinct().Count());
            Assert.All(targets, target => Assert.Equal("${datasource}", (string?)target["datasource"]?["uid"]));
            // A table's columns have names instead.
            Assert.True(
                GrafanaDashboard.TypeOf(panel) == "table"
                    || targets.All(target => (string?)target["legendFormat"] is { Length: > 0 }),
                $"'{title}' has a series without a legend");
        });
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Panels_OfADashboard_FillTheGridWithoutOverlap(string file)
    {
        var taken = new Dictionary<(int X, int Y), string>();

        foreach (var panel in Read(file).Panels)
        {
            var (place, title) = (panel["gridPos"]!, (string)panel["title"]!);
            var (left, top, width, height) = (Of("x"), Of("y"), Of("w"), Of("h"));
            Assert.True(left >= 0 && top >= 0 && width > 0 && height > 0 && left + width <= Columns, title);
            for (var x = left; x < left + width; x++)
            {
                for (var y = top; y < top + height; y++)
                    Assert.True(taken.TryAdd((x, y), title), $"'{title}' lies on '{taken[(x, y)]}'");
            }

            int Of(string name) => (int)place[name]!;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Variables_ThatADashboardUses_AreDefined(string file)
    {
        var dashboard = Read(file);

        var defined = dashboard.Variables.Select(variable => (string)variable["name"]!).ToArray();

        // Each is there for something, too.
        Assert.Equal(
            defined.Order(StringComparer.Ordinal), dashboard.UsedVariables.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Expressions_OfADashboard_NameMetricsThatThereAre(string file)
    {
        var dashboard = Read(file);

        var asked = dashboard.Queries
            .Concat(dashboard.Variables.Where(variable => variable["query"] is JsonObject).Select(
                variable => new PanelQuery($"{file}, ${variable["name"]}", (string)variable["query"]!["query"]!)))
            .ToArray();

        Assert.NotEmpty(asked);
        Assert.All(asked, query => Assert.All(
            query.OurMetrics, name => Assert.True(SeriesNames.All.Contains(name), $"{query.Place}: there is no {name}")));
    }

    [Fact]
    public void Dashboards_Together_ShowEveryMetricOfOurs()
    {
        var asked = GrafanaDashboard.All.SelectMany(one => one.Queries)
            .SelectMany(query => query.OurMetrics).ToHashSet();

        Assert.All(MetricsDocument.Metrics, metric => Assert.True(
            SeriesNames.Of(metric).Any(asked.Contains), $"no dashboard shows {metric.PrometheusName}"));
    }

    /// <summary>As rules of one file: promtool parses what Prometheus would be asked.</summary>
    [PromtoolFact]
    public async Task Expressions_CheckedByPromtool_AllParse()
    {
        var queries = GrafanaDashboard.All.SelectMany(one => one.Queries).ToArray();
        using var folder = new TemporaryFolder();
        var text = new StringBuilder("groups:\n- name: dashboards\n  rules:\n");
        foreach (var (number, query) in queries.Index())
        {
            // JSON's strings are YAML's. No two rules may be the same, as expressions of two panels are.
            text.Append($"  # {query.Place}\n  - record: panel:expression:q{number}\n    expr: ")
                .Append(JsonValue.Create(query.For("codecs")).ToJsonString()).Append('\n');
        }

        await File.WriteAllTextAsync(folder.File("rules.yaml"), text.ToString());
        var (code, said) = await Promtool.RunAsync(["check", "rules", folder.File("rules.yaml")]);

        Assert.True(code == 0, said);
        Assert.Contains($"{queries.Length} rules found", said, StringComparison.Ordinal);
    }

    private static GrafanaDashboard Read(string file) =>
        GrafanaDashboard.Read(Repository.PathOf("deploy", "grafana", file));
}
