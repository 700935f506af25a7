using System.Diagnostics.Metrics;
using Fed.Contracts.Participants;
using Fed.Contracts.Versions;
using Fed.Grains.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fed.Tests.Grains.Telemetry;

public sealed class FedMetricsTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly ServiceProvider _services;
    private readonly FedMetrics _metrics;
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, double Value, Dictionary<string, object?> Labels)> _measured = [];

    public FedMetricsTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton(new WatchedFolder("data", Path.GetTempPath()));
        services.AddSingleton(new WatchedFolder("gone", "/proc/none/such"));
        services.AddSingleton(new WatchedCertificate("orleans", Now.AddDays(30)));
        FedMetrics.AddTo(services, participants: true);
        _services = services.BuildServiceProvider();
        _metrics = _services.GetRequiredService<FedMetrics>();
        var factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    private TierReadings Tiers => _services.GetRequiredService<TierReadings>();

    [Fact]
    public void Everything_ThatCanBeMeasured_HasTheLabelsThatAreSaid()
    {
        _metrics.Contributed("f", "h264", "refused", "tooStale");
        _metrics.Accepted("f", "h264", "int8", bytes: 100, plain: 400, staleness: 2, norm: 0.5);
        _metrics.Downloaded("f", 400);
        _metrics.Aggregated("f", "h264", staleness: 1);
        _metrics.Committed(Manifest(), previous: Now.AddSeconds(-3));
        _metrics.Consumed("f", "h264", [Now], Now);
        _metrics.Folded("f", "h264", TimeSpan.FromSeconds(1), 800);
        _metrics.Started("f", "h264", TimeSpan.FromSeconds(1));
        _metrics.Recovered("f", "h264", TimeSpan.FromSeconds(4));
        _metrics.Stored("state", "write", "ok", TimeSpan.FromMilliseconds(2));
        _metrics.Failed("notFound", 404);
        _metrics.CallRefused("IManagementGrain");
        using var shown = Tiers.Add(() => Reading());
        _listener.RecordObservableInstruments();

        Assert.Equal(
            _metrics.All.Select(metric => metric.Name).Order(StringComparer.Ordinal),
            _measured.Select(one => one.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.All(_measured, one => Assert.Equal(
            _metrics.All.Single(metric => metric.Name == one.Name).Labels.Order(StringComparer.Ordinal),
            one.Labels.Keys.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Accepted_SmallerThanFloat32_SavesTheRest()
    {
        _metrics.Accepted("f", "h264", "int8", bytes: 100, plain: 400, staleness: 2, norm: 0.5);

        Assert.Equal(100, ValueOf("fedhier.upload"));
        Assert.Equal(300, ValueOf("fedhier.upload.saved"));
        Assert.Equal(2, ValueOf("fedhier.staleness"));
    }

    [Fact]
    public void Aggregated_Refused_HasNoStaleness()
    {
        _metrics.Aggregated("f", "h264", staleness: null);

        var one = Assert.Single(_measured);
        Assert.Equal(("fedhier.aggregates", "refused"), (one.Name, one.Labels["outcome"]));
    }

    [Fact]
    public void Consumed_SeveralContributions_MeasuresEachAndTheLast()
    {
        _metrics.Consumed("f", "h264", [Now.AddSeconds(-5), Now.AddSeconds(-2)], Now);

        Assert.Equal([5, 2], ValuesOf("fedhier.contribution.wait"));
        Assert.Equal([2], ValuesOf("fedhier.publish.duration"));
    }

    [Fact]
    public void Consumed_OfAnotherClock_IsNeverNegative()
    {
        _metrics.Consumed("f", "h264", [Now.AddSeconds(5)], Now);

        Assert.Equal([0], ValuesOf("fedhier.contribution.wait"));
    }

    [Fact]
    public void Committed_WithoutATimeBefore_CountsAndMeasuresNoRound()
    {
        _metrics.Committed(Manifest(), previous: null);

        Assert.Equal(1, ValueOf("fedhier.versions"));
        Assert.Empty(ValuesOf("fedhier.round.duration"));
    }

    [Fact]
    public void Gauges_OfATier_SayWhatItsReadingSays()
    {
        using var shown = Tiers.Add(() => Reading());

        _listener.RecordObservableInstruments();

        Assert.Equal(7, ValueOf("fedhier.version"));
        Assert.Equal(Now.AddSeconds(-60).ToUnixTimeSeconds(), ValueOf("fedhier.version.timestamp"));
        Assert.Equal(10, ValueOf("fedhier.buffer.age"));
        Assert.Equal(0.75, ValueOf("fedhier.accuracy.ratio"));
        Assert.Equal(6, ValueOf("fedhier.tier.global_version"));
        Assert.Equal([1, 1, 1, 1], ValuesOf("fedhier.participants"));
    }

    [Fact]
    public void Gauges_OfATierThatIsGone_EndWithIt()
    {
        Tiers.Add(() => Reading()).Dispose();

        _listener.RecordObservableInstruments();

        Assert.Empty(ValuesOf("fedhier.version"));
    }

    [Fact]
    public void Gauges_OfAFolderThatCannotBeAsked_AreMissingAndOthersAreNot()
    {
        _listener.RecordObservableInstruments();

        var folder = Assert.Single(_measured, one => one.Name == "fedhier.disk.free");
        Assert.Equal("data", folder.Labels["folder"]);
        Assert.Equal(Now.AddDays(30).ToUnixTimeSeconds(), ValueOf("fedhier.certificate.expiry.timestamp"));
    }

    [Theory]
    [InlineData("a.b", MetricKind.Counter, "{x}", "a_b_total")]
    [InlineData("a.upload", MetricKind.Counter, "By", "a_upload_bytes_total")]
    [InlineData("a.duration", MetricKind.Histogram, "s", "a_duration_seconds")]
    [InlineData("a.time.seconds", MetricKind.Gauge, "s", "a_time_seconds")]
    [InlineData("a.loss", MetricKind.Gauge, "{nat}", "a_loss")]
    public void PrometheusName_OfAUnitAndKind_EndsAsPrometheusHasIt(
        string name, MetricKind kind, string unit, string expected) =>
        Assert.Equal(expected, new MetricInfo(name, kind, unit, "", []).PrometheusName);

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private static VersionManifest Manifest() => new()
    {
        Federation = "f",
        Tier = "h264",
        Number = 7,
        Kind = "fold",
        ModelSha256 = "00",
        CommittedAt = Now,
    };

    private static TierReading Reading() => new()
    {
        Federation = "f",
        Tier = "h264",
        Version = 7,
        CommittedAt = Now.AddSeconds(-60),
        Buffered = 3,
        Goal = 4,
        BufferOpenedAt = Now.AddSeconds(-10),
        UnsentAggregates = 1,
        UnrecordedVersions = 0,
        GlobalVersion = 6,
        Dispersion = 0.3,
        Labels = LabelSpread.Of([[1, 3]]),
        Features = FeatureSpread.Of([new FeatureSummary(4, [0.5], [1])]),
        Classes = ["clean", "blocking"],
        Divergence = 0.1,
        Evaluation = new VersionEvaluation(2, 100, 75, 0.5, 0.01),
        Participants = ParticipantCounts.Count(
            ["a", "b", "c", "d"],
            new Dictionary<string, DateTimeOffset> { ["a"] = Now, ["b"] = Now.AddHours(-1), ["d"] = Now },
            name => name == "d",
            Now),
        Each = [new ParticipantReading("a", Now, 0.5)],
    };

    private double ValueOf(string name) => Assert.Single(ValuesOf(name));

    private double[] ValuesOf(string name) =>
        [.. _measured.Where(one => one.Name == name).Select(one => one.Value)];

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Add((instrument.Name, value, tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value)));
}
