using System.Diagnostics;
using Fed.Client;
using Fed.Grains.Telemetry;
using Fed.Silo.Telemetry;

namespace Fed.Tests.Silo.Telemetry;

/// <summary>Prometheus' own checks.</summary>
internal static class Promtool
{
    private const string Program = "promtool";

    public static bool IsInstalled { get; } = Programs.FindOnPath(Program) is not null;

    /// <param name="folder">That it runs in; null: this one.</param>
    /// <param name="input">Its standard input; null: none.</param>
    /// <returns>Its exit code, and what it has said on either stream.</returns>
    public static async Task<(int Code, string Said)> RunAsync(
        string[] arguments, string? folder = null, string? input = null)
    {
        var (code, output, errors) = await ToolProcess.RunAsync(
            new ProcessStartInfo(Program, arguments) { WorkingDirectory = folder }, input);
        return (code, output + errors);
    }
}

/// <summary>A test that runs promtool: skipped, and shown as skipped, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute() => Skip = Promtool.IsInstalled
        ? null
        : "promtool is not installed (./fed test installs it where it may)";
}

/// <summary>The names of our series, as Prometheus has them.</summary>
internal static class SeriesNames
{
    public static HashSet<string> All { get; } =
        MetricsDocument.Metrics.SelectMany(Of).ToHashSet(StringComparer.Ordinal);

    public static IEnumerable<string> Of(MetricInfo metric) => metric.Kind == MetricKind.Histogram
        ? ((string[])["_bucket", "_sum", "_count"]).Select(part => metric.PrometheusName + part)
        : [metric.PrometheusName];
}
