using System.Text.RegularExpressions;
using Fed.Silo.Telemetry;

namespace Fed.Tests.Silo.Telemetry;

/// <summary>The alert rules of the repository, looked at by themselves and by promtool.</summary>
public sealed partial class AlertRulesTests
{
    private static readonly string Folder = Repository.PathOf("deploy", "prometheus");

    private static string Rules => File.ReadAllText(Path.Combine(Folder, "alerts.yml"));

    private static string[] Alerts => [.. AlertNames().Matches(Rules).Select(match => match.Groups[1].Value)];

    [PromtoolFact]
    public async Task Rules_TestedByPromtool_FireAndClear()
    {
        var said = await PromtoolAsync("test", "rules", "alerts-test.yml");

        Assert.Contains("SUCCESS", said, StringComparison.Ordinal);
        Assert.DoesNotContain("FAILED", said, StringComparison.Ordinal);
    }

    [PromtoolFact]
    public async Task Configuration_CheckedByPromtool_IsValid()
    {
        var said = await PromtoolAsync("check", "config", "prometheus.yml");

        Assert.Contains($"{Alerts.Length} rules found", said, StringComparison.Ordinal);
        Assert.DoesNotContain("FAILED", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Alerts_Each_HasATestThatSeesItFire()
    {
        var tests = File.ReadAllText(Path.Combine(Folder, "alerts-test.yml"));

        Assert.NotEmpty(Alerts);
        Assert.All(Alerts, alert => Assert.Matches($@"alertname: {alert}\n\s+exp_alerts:", tests));
    }

    [Fact]
    public void Alerts_Each_LeadsToItsSectionOfTheRunbook()
    {
        var runbook = File.ReadAllText(Repository.PathOf("docs", "runbook.md"));

        Assert.All(Alerts, alert =>
        {
            Assert.Contains($"\n## {alert}\n", runbook, StringComparison.Ordinal);
            Assert.Contains($"docs/runbook.md#{alert.ToLowerInvariant()}\n", Rules, StringComparison.Ordinal);
        });
        Assert.Equal(Alerts.Length, SectionNames().Count(runbook));
    }

    [Theory]
    [InlineData("deploy/prometheus/alerts.yml")]
    [InlineData("docs/runbook.md")]
    public void Metrics_ThatAreNamed_AreThoseThatThereAre(string file)
    {
        var known = MetricsDocument.Metrics.Select(metric => metric.PrometheusName).ToHashSet(StringComparer.Ordinal);
        var named = MetricNames().Matches(File.ReadAllText(Repository.PathOf(file))).Select(match => match.Value);

        Assert.All(named.Distinct(), name => Assert.True(
            known.Contains(name) || known.Contains(HistogramPart().Replace(name, "")), $"{name} is no metric of ours"));
    }

    private static async Task<string> PromtoolAsync(params string[] arguments)
    {
        var (code, said) = await Promtool.RunAsync(arguments, Folder);
        Assert.True(code == 0, said);
        return said;
    }

    [GeneratedRegex("^ *- alert: (\\w+)$", RegexOptions.Multiline)]
    private static partial Regex AlertNames();

    [GeneratedRegex("^## FedHier\\w+$", RegexOptions.Multiline)]
    private static partial Regex SectionNames();

    [GeneratedRegex("\\bfedhier_\\w+")]
    private static partial Regex MetricNames();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramPart();
}
