using System.Diagnostics;
using System.Diagnostics.Metrics;
using Fed.Contracts;
using Fed.Contracts.Versions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Fed.Grains.Telemetry;

/// <summary>
/// The one meter: what happens is recorded here, what is stands in <see cref="TierReadings"/> and is read when somebody
/// asks. Labels are names that stewards have given, never what a caller sends.
/// </summary>
public sealed class FedMetrics
{
    public const string MeterName = "FedHier";

    /// <summary>Of every name.</summary>
    public const string Prefix = "fedhier.";

    /// <summary>Of those that have series of each participant.</summary>
    public const string ParticipantPrefix = "fedhier.participant.";

    private const string Federation = "federation";
    private const string Tier = "tier";

    /// <summary>Versions: of the usual limits and above.</summary>
    private static readonly double[] Versions = [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 100];

    private static readonly double[] Norms = [.001, .003, .01, .03, .1, .3, 1, 3, 10, 30, 100, 300, 1000];

    /// <summary>Seconds: from a demo's rounds to those that wait for people.</summary>
    private static readonly double[] Rounds =
        [.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 43200, 86400];

    /// <summary>Seconds: from one flush of a disk to a server that is away.</summary>
    private static readonly double[] Calls = [.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30];

    private readonly Meter _meter;
    private readonly List<MetricInfo> _all = [];
    private readonly Counter<long> _contributions;
    private readonly Histogram<double> _staleness;
    private readonly Histogram<double> _norms;
    private readonly Counter<long> _uploaded;
    private readonly Counter<long> _saved;
    private readonly Counter<long> _downloaded;
    private readonly Counter<long> _aggregates;
    private readonly Counter<long> _versions;
    private readonly Histogram<double> _rounds;
    private readonly Histogram<double> _publish;
    private readonly Histogram<double> _waits;
    private readonly Histogram<double> _folds;
    private readonly Counter<long> _folded;
    private readonly Histogram<double> _starts;
    private readonly Histogram<double> _recoveries;
    private readonly Histogram<double> _storage;
    private readonly Counter<long> _problems;
    private readonly Counter<long> _refusedCalls;

    public FedMetrics(IMeterFactory factory, TierReadings tiers, HostReadings host, TimeProvider time)
    {
        _meter = factory.Create(MeterName);
        _contributions = Counter("fedhier.contributions", "{contribution}",
            "Updates that were offered: accepted, duplicate or refused, and why", Federation, Tier, "outcome", "reason");
        _staleness = Histogram("fedhier.staleness", "{version}",
            "Versions that the tier had committed since the base of an accepted contribution or aggregate", Versions,
            Federation, Tier);
        _norms = Histogram("fedhier.update.norm", "1", "L2 norms of accepted updates", Norms, Federation, Tier);
        _uploaded = Counter("fedhier.upload", "By", "Bytes of accepted updates", Federation, Tier, "codec");
        _saved = Counter("fedhier.upload.saved", "By",
            "Bytes that accepted updates would have more as float32", Federation, Tier, "codec");
        _downloaded = Counter("fedhier.download", "By", "Bytes of models that were sent", Federation);
        _aggregates = Counter("fedhier.aggregates", "{aggregate}",
            "Clusters' aggregates at the global tier: accepted or refused", Federation, Tier, "outcome");
        _versions = Counter("fedhier.versions", "{version}", "Committed versions", Federation, Tier, "kind");
        _rounds = Histogram("fedhier.round.duration", "s",
            "From one version of a tier to the next", Rounds, Federation, Tier);
        _publish = Histogram("fedhier.publish.duration", "s",
            "From the last contribution or aggregate that a fold consumed (the K-th, unless a deadline closed the "
            + "buffer) to its commit", Calls, Federation, Tier);
        _waits = Histogram("fedhier.contribution.wait", "s",
            "From the acceptance of a contribution or aggregate to the commit of the fold that consumed it", Rounds,
            Federation, Tier);
        _folds = Histogram("fedhier.fold.duration", "s", "Folds", Calls, Federation, Tier);
        _folded = Counter("fedhier.fold.input", "By",
            "Inputs of folds as float32: over the duration's sum it is a fold's speed", Federation, Tier);
        _starts = Histogram("fedhier.start.duration", "s",
            "An aggregator's start after its activation, until it serves: part of a recovery", Calls, Federation, Tier);
        _recoveries = Histogram("fedhier.recovery.duration", "s",
            "From the last sign of life of a silo that was lost or stopped until an aggregator that it had serves "
            + "elsewhere",
            Rounds, Federation, Tier);
        _storage = Histogram("fedhier.storage.duration", "s",
            "Calls of the storage of state and of blobs: ok, conflict or error", Calls, "store", "operation", "outcome");
        _problems = Counter("fedhier.problems", "{request}",
            "Requests and Orleans clients' calls that were answered with an error, by its code and status", "code",
            "status");
        _refusedCalls = Counter("fedhier.calls.refused", "{call}",
            "Calls of Orleans clients to what is none of their business", "interface");
        AddTierGauges(tiers, time);
        AddParticipantGauges(tiers);
        AddHostGauges(host);
    }

    /// <param name="participants">Whether each is shown by itself.</param>
    public static void AddTo(IServiceCollection services, bool participants = false)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider =>
            new TierReadings(provider.GetRequiredService<TimeProvider>()) { ShowsParticipants = participants });
        services.AddSingleton<HostReadings>();
        services.AddSingleton<FedMetrics>();
    }

    /// <summary>All of them, in the order of their documentation.</summary>
    public IReadOnlyList<MetricInfo> All => _all;

    /// <param name="tier">The sender's cluster; empty: not known.</param>
    /// <param name="outcome"><c>accepted</c>, <c>duplicate</c>, <c>refused</c>.</param>
    /// <param name="reason">The refusal's code; <c>none</c>.</param>
    public void Contributed(string federation, string tier, string outcome, string reason) =>
        _contributions.Add(1, Of(federation, tier, ("outcome", outcome), ("reason", reason)));

    /// <param name="plain">What it would have as float32.</param>
    public void Accepted(
        string federation, string tier, string codec, long bytes, long plain, long staleness, double norm)
    {
        _staleness.Record(staleness, Of(federation, tier));
        _norms.Record(norm, Of(federation, tier));
        _uploaded.Add(bytes, Of(federation, tier, ("codec", codec)));
        _saved.Add(Math.Max(0, plain - bytes), Of(federation, tier, ("codec", codec)));
    }

    public void Downloaded(string federation, long bytes) =>
        _downloaded.Add(bytes, new KeyValuePair<string, object?>(Federation, federation));

    /// <param name="tier">The cluster that sent it.</param>
    /// <param name="staleness">Null: it was refused.</param>
    public void Aggregated(string federation, string tier, long? staleness)
    {
        _aggregates.Add(1, Of(federation, tier, ("outcome", staleness is null ? "refused" : "accepted")));
        if (staleness is { } versions)
            _staleness.Record(versions, Of(federation, TierNames.Global));
    }

    /// <param name="previous">When the tier's version before was committed; null: there is none, or it is not
    /// known.</param>
    public void Committed(VersionManifest manifest, DateTimeOffset? previous)
    {
        _versions.Add(1, Of(manifest.Federation, manifest.Tier, ("kind", manifest.Kind)));
        if (previous is { } before)
            _rounds.Record(Seconds(manifest.CommittedAt - before), Of(manifest.Federation, manifest.Tier));
    }

    /// <param name="accepted">When each consumed contribution or aggregate was accepted, in that order.</param>
    public void Consumed(string federation, string tier, IReadOnlyList<DateTimeOffset> accepted, DateTimeOffset now)
    {
        foreach (var at in accepted)
            _waits.Record(Seconds(now - at), Of(federation, tier));
        if (accepted.Count > 0)
            _publish.Record(Seconds(now - accepted[^1]), Of(federation, tier));
    }

    /// <param name="bytes">Of its inputs, as float32.</param>
    public void Folded(string federation, string tier, TimeSpan duration, long bytes)
    {
        _folds.Record(Seconds(duration), Of(federation, tier));
        _folded.Add(bytes, Of(federation, tier));
    }

    public void Started(string federation, string tier, TimeSpan duration) =>
        _starts.Record(Seconds(duration), Of(federation, tier));

    /// <param name="away">Since the last sign of life of the silo that it was on.</param>
    public void Recovered(string federation, string tier, TimeSpan away) =>
        _recoveries.Record(Seconds(away), Of(federation, tier));

    /// <param name="store"><c>state</c> or <c>blobs</c>.</param>
    public void Stored(string store, string operation, string outcome, TimeSpan duration) => _storage.Record(
        Seconds(duration),
        new TagList { { "store", store }, { "operation", operation }, { "outcome", outcome } });

    /// <param name="code">One of docs/protocol.md.</param>
    public void Failed(string code, int status) => _problems.Add(
        1, new KeyValuePair<string, object?>("code", code), new KeyValuePair<string, object?>("status", status));

    /// <param name="target">The interface: one that this silo has.</param>
    public void CallRefused(string target) =>
        _refusedCalls.Add(1, new KeyValuePair<string, object?>("interface", target));

    private void AddTierGauges(TierReadings tiers, TimeProvider time)
    {
        Tiers("fedhier.version", "{version}", "The newest version's number", tier => tier.Version);
        Tiers("fedhier.version.timestamp", "s", "When the newest version was committed, Unix time",
            tier => tier.CommittedAt is { } at ? Unix(at) : null);
        Tiers("fedhier.finished", "{tier}", "1: the federation has its target version and takes nothing more",
            tier => tier.Finished ? 1 : 0);
        Tiers("fedhier.buffer.contributions", "{contribution}",
            "Contributions (global: aggregates) that no version has consumed", tier => tier.Buffered);
        Tiers("fedhier.buffer.goal", "{contribution}", "K: as many close the buffer", tier => tier.Goal);
        Tiers("fedhier.buffer.age", "s", "Since the oldest of the buffer came; 0: it is empty",
            tier => tier.BufferOpenedAt is { } at ? Seconds(time.GetUtcNow() - at) : 0);
        Tiers("fedhier.outbox.aggregates", "{aggregate}",
            "Aggregates that the global tier has not acknowledged", tier => tier.UnsentAggregates);
        Tiers("fedhier.outbox.records", "{version}",
            "Versions that the registry has not acknowledged", tier => tier.UnrecordedVersions);
        Tiers("fedhier.tier.global_version", "{version}",
            "The global version that a cluster has taken over: behind the global tier's it lags",
            tier => tier.GlobalVersion);
        Tiers("fedhier.accuracy.ratio", "1", "Of the newest version that enough participants have reported on",
            tier => tier.Evaluation?.Accuracy);
        Tiers("fedhier.loss", "{nat}", "Mean loss of the same version", tier => tier.Evaluation?.Loss);
        Tiers("fedhier.clipped.ratio", "1", "Mean share of values that participants cut to the bound, same version",
            tier => tier.Evaluation?.ClippedShare);
        Tiers("fedhier.evaluated", "{example}", "Examples that the same version was evaluated on",
            tier => tier.Evaluation?.Examples);
        Tiers("fedhier.update.dispersion.ratio", "1",
            "How far apart the updates of the last fold are: their standard deviation over the norm of their mean",
            tier => tier.Dispersion);
        Tiers("fedhier.divergence.ratio", "1",
            "Distance of a cluster's model from the global one that it last took over, over that one's norm",
            tier => tier.Divergence);
        Gauge("fedhier.participants", "{participant}",
            "The roster by state: active (asked within 5 minutes), silent, absent (never asked this activation), "
            + "suspended",
            () => tiers.Read().Where(tier => tier.Participants is not null).SelectMany(tier => StatesOf(tier)),
            Federation, Tier, "state");

        Spread("label", "total variation distance", tier => tier.Labels);
        Gauge("fedhier.label.share.ratio", "1", "Of all examples of a cluster's participants that share their labels",
            () => tiers.Read().SelectMany(tier => LabelsOf(tier)), Federation, Tier, "class");
        Spread("feature", "Hellinger distance, by mean and variance,", tier => tier.Features);

        void Spread(string what, string distance, Func<TierReading, DataSpread?> read)
        {
            Tiers($"fedhier.{what}.distance.mean.ratio", "1",
                $"Non-IID: {distance} of a participant's {what}s from those of its cluster, on average over who shares "
                + $"them (`fed join --share-{what}s`)",
                tier => read(tier)?.Mean);
            Tiers($"fedhier.{what}.distance.max.ratio", "1", "The same of the one farthest away",
                tier => read(tier)?.Max);
            Tiers($"fedhier.{what}.sharing", "{participant}", $"Participants that share their {what}s",
                tier => tier.Participants is null ? null : read(tier)?.Sharing ?? 0);
        }

        void Tiers(string name, string unit, string description, Func<TierReading, double?> value) => Gauge(
            name,
            unit,
            description,
            () => tiers.Read().SelectMany(tier => Known(value(tier), Of(tier.Federation, tier.Tier))),
            Federation, Tier);
    }

    private static IEnumerable<Measurement<double>> StatesOf(TierReading tier)
    {
        var (active, silent, absent, suspended) = tier.Participants!;
        return new (string State, int Count)[]
        {
            ("active", active), ("silent", silent), ("absent", absent), ("suspended", suspended),
        }.Select(known => new Measurement<double>(
            known.Count, Of(tier.Federation, tier.Tier, ("state", known.State))));
    }

    private static IEnumerable<Measurement<double>> LabelsOf(TierReading tier) =>
        (tier.Labels?.Shares ?? []).Select((share, label) => new Measurement<double>(
            share,
            Of(tier.Federation, tier.Tier, ("class", label < tier.Classes.Count ? tier.Classes[label] : $"{label}"))));

    private void AddParticipantGauges(TierReadings tiers)
    {
        Each("fedhier.participant.seen.timestamp", "s",
            "When a participant asked last, Unix time. Only with FED_Telemetry__Participants=true",
            one => one.SeenAt is { } at ? Unix(at) : null);
        Each("fedhier.participant.accuracy.ratio", "1",
            "Of a participant's report on the newest evaluated version. Only with FED_Telemetry__Participants=true",
            one => one.Accuracy);

        void Each(string name, string unit, string description, Func<ParticipantReading, double?> value) => Gauge(
            name,
            unit,
            description,
            () => tiers.Read().SelectMany(tier => tier.Each.SelectMany(one => Known(
                value(one), Of(tier.Federation, tier.Tier, ("participant", one.Name))))),
            Federation, Tier, "participant");
    }

    private void AddHostGauges(HostReadings host)
    {
        Gauge("fedhier.disk.free", "By", "Bytes that the silo may still write on the file system of a folder",
            () => host.Folders().Select(folder => new Measurement<double>(folder.Free, Label("folder", folder.Name))),
            "folder");
        Gauge("fedhier.disk.size", "By", "Bytes of that file system",
            () => host.Folders().Select(folder => new Measurement<double>(folder.Size, Label("folder", folder.Name))),
            "folder");
        Gauge("fedhier.certificate.expiry.timestamp", "s", "When a certificate of this silo expires, Unix time",
            () => host.Certificates.Select(
                known => new Measurement<double>(Unix(known.NotAfter), Label("certificate", known.Name))),
            "certificate");
    }

    private Counter<long> Counter(string name, string unit, string description, params string[] labels)
    {
        _all.Add(new MetricInfo(name, MetricKind.Counter, unit, description, labels));
        return _meter.CreateCounter<long>(name, unit, description);
    }

    private Histogram<double> Histogram(
        string name, string unit, string description, double[] bounds, params string[] labels)
    {
        _all.Add(new MetricInfo(name, MetricKind.Histogram, unit, description, labels));
        return _meter.CreateHistogram(
            name, unit, description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
    }

    private void Gauge(
        string name,
        string unit,
        string description,
        Func<IEnumerable<Measurement<double>>> read,
        params string[] labels)
    {
        _all.Add(new MetricInfo(name, MetricKind.Gauge, unit, description, labels));
        _meter.CreateObservableGauge(name, read, unit, description);
    }

    /// <summary>None of what is not known.</summary>
    private static Measurement<double>[] Known(double? value, TagList labels) =>
        value is { } known ? [new Measurement<double>(known, labels)] : [];

    private static TagList Of(string federation, string tier, params ReadOnlySpan<(string Key, string Value)> more)
    {
        var tags = new TagList { { Federation, federation }, { Tier, tier } };
        foreach (var (key, value) in more)
            tags.Add(key, value);
        return tags;
    }

    private static KeyValuePair<string, object?> Label(string key, string value) => new(key, value);

    /// <summary>A clock that was set back, or another silo's, makes no negative time.</summary>
    private static double Seconds(TimeSpan time) => Math.Max(0, time.TotalSeconds);

    private static double Unix(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / 1000.0;
}
