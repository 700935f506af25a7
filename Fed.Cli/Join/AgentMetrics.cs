using System.Diagnostics.Metrics;
using Fed.Client.Agent;
using Fed.Grains.Telemetry;

namespace Fed.Cli.Join;

/// <summary>What a participant's agent measures: of the lines of its log, and so no more than these tell.</summary>
internal sealed class AgentMetrics : IDisposable
{
    public const string MeterName = "FedHier.Agent";

    private const string Federation = "federation";

    /// <summary>Seconds: from a demo's models to those that take a day.</summary>
    private static readonly double[] Seconds =
        [.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400, 86400];

    private readonly Meter _meter = new(MeterName);
    private readonly List<MetricInfo> _all = [];
    private readonly Histogram<double> _training;
    private readonly Gauge<double> _loss;
    private readonly Gauge<double> _accuracy;
    private readonly Counter<long> _updates;
    private readonly Counter<long> _uploaded;
    private readonly Counter<long> _retries;

    public AgentMetrics()
    {
        const string training = "Training of one update";
        _training = _meter.CreateHistogram(
            Describe("fedhier.agent.train.duration", MetricKind.Histogram, "s", training),
            "s",
            training,
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        _loss = Gauge("fedhier.agent.loss", "{nat}", "Mean loss of the newest model that it has evaluated");
        _accuracy = Gauge("fedhier.agent.accuracy.ratio", "1", "Accuracy of the same model");
        _updates = Counter(
            "fedhier.agent.updates", "{update}", "Updates: accepted, duplicate or dropped", "outcome");
        _uploaded = Counter("fedhier.agent.upload", "By", "Bytes of accepted updates");
        _retries = Counter("fedhier.agent.retries", "{request}", "Requests that failed and are sent again");
    }

    /// <summary>All of them, in the order of their documentation.</summary>
    public IReadOnlyList<MetricInfo> All => _all;

    /// <summary>On any thread.</summary>
    public void Hear(AgentEvent line)
    {
        var federation = KeyValuePair.Create(Federation, (object?)line.Federation);
        switch (line.Event)
        {
            case AgentEventKind.Trained:
                _training.Record(line.Seconds ?? 0, federation);
                break;
            case AgentEventKind.Evaluated:
                _loss.Record(line.Loss ?? 0, federation);
                _accuracy.Record(line.Accuracy ?? 0, federation);
                break;
            case AgentEventKind.Accepted:
                _updates.Add(1, federation, Outcome(line.Duplicate ? "duplicate" : "accepted"));
                if (!line.Duplicate)
                    _uploaded.Add(line.Bytes ?? 0, federation);
                break;
            case AgentEventKind.Dropped:
                _updates.Add(1, federation, Outcome("dropped"));
                break;
            case AgentEventKind.Retrying:
                _retries.Add(1, federation);
                break;
        }
    }

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Outcome(string outcome) => new("outcome", outcome);

    private Counter<long> Counter(string name, string unit, string description, params string[] more) =>
        _meter.CreateCounter<long>(Describe(name, MetricKind.Counter, unit, description, more), unit, description);

    private Gauge<double> Gauge(string name, string unit, string description) =>
        _meter.CreateGauge<double>(Describe(name, MetricKind.Gauge, unit, description), unit, description);

    private string Describe(string name, MetricKind kind, string unit, string description, params string[] more)
    {
        _all.Add(new MetricInfo(name, kind, unit, description, [Federation, .. more]));
        return name;
    }
}
