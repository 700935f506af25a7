using System.Diagnostics.Metrics;
using System.Text;
using Fed.Grains.Telemetry;

namespace Fed.Silo.Telemetry;

/// <summary>What there is to measure, as docs/metrics.md says it: written from the instruments themselves.</summary>
public static class MetricsDocument
{
    /// <summary>Our metrics, in the order of the document.</summary>
    public static IReadOnlyList<MetricInfo> Metrics
    {
        get
        {
            var services = new ServiceCollection();
            FedMetrics.AddTo(services);
            using var provider = services.BuildServiceProvider();
            return provider.GetRequiredService<FedMetrics>().All;
        }
    }

    /// <summary>A table of them, in Markdown.</summary>
    public static string Table(IEnumerable<MetricInfo> metrics)
    {
        var text = new StringBuilder("| metric | kind | labels | |\n|---|---|---|---|\n");
        foreach (var metric in metrics)
        {
            text.Append($"| `{metric.PrometheusName}` | {metric.Kind.ToString().ToLowerInvariant()} | ")
                .Append(string.Join(", ", metric.Labels.Select(label => $"`{label}`")))
                .Append($" | {metric.Description} |\n");
        }

        return text.ToString();
    }
}
