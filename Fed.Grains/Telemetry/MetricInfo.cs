namespace Fed.Grains.Telemetry;

/// <summary>What kind of series a metric is.</summary>
public enum MetricKind
{
    /// <summary>Only grows, from zero at the process's start.</summary>
    Counter,

    /// <summary>As it is now.</summary>
    Gauge,

    /// <summary>Counts of values up to each of some bounds, their sum and number.</summary>
    Histogram,
}

/// <summary>A metric of ours: what docs/metrics.md says of it.</summary>
/// <param name="Name">As instruments have it, in dots.</param>
/// <param name="Unit">UCUM: <c>s</c>, <c>By</c>, <c>1</c>; in braces what is counted.</param>
/// <param name="Labels">Keys of its series, all bounded by what stewards have created.</param>
public sealed record MetricInfo(
    string Name, MetricKind Kind, string Unit, string Description, IReadOnlyList<string> Labels)
{
    /// <summary>
    /// As Prometheus has it: underscores, then the unit in full, then <c>_total</c> of a counter (OpenTelemetry
    /// specification, compatibility with Prometheus).
    /// </summary>
    public string PrometheusName
    {
        get
        {
            var name = Name.Replace('.', '_');
            var unit = Unit switch
            {
                "s" => "_seconds",
                "By" => "_bytes",
                _ => "",
            };
            if (!name.EndsWith(unit, StringComparison.Ordinal))
                name += unit;
            return Kind == MetricKind.Counter ? name + "_total" : name;
        }
    }
}
