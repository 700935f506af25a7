using System.Net;
using System.Text.RegularExpressions;
using Fed.Cli.Join;
using Fed.Contracts.Participants;
using Fed.Silo.Telemetry;

namespace Fed.Tests.Silo.Telemetry;

/// <summary>What a real silo shows at <c>/metrics</c> of what was done to it.</summary>
public sealed partial class MetricsTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    [Fact]
    public async Task Metrics_AfterAContribution_SayHowItWent()
    {
        var federation = await shared.CreateAsync(settings => settings["globalTier"]!["goal"] = 1);
        using var participant = await federation.EnrolAsync();
        var update = TestParticipant.Update(federation.InitialModel);
        using var first = await participant.SendAsync(1, update);
        using var again = await participant.SendAsync(1, update);
        using var gap = await participant.SendAsync(9, TestParticipant.Update(federation.InitialModel, 0.5f));
        using var model = await federation.Client.GetAsync($"{federation.Url}/models/{federation.InitialModel}");
        var ours = ("federation", federation.Name);
        var tier = ("tier", "h264");

        var scrape = await Scrape.UntilAsync(
            shared.Silo, now => now.Value("fedhier_version", ours, ("tier", "global")) == 1
                && now.Value("fedhier_divergence_ratio", ours, tier) is not null
                // Of both tiers: the registry has heard of all versions.
                && now.Value("fedhier_outbox_records", ours) == 0);

        Assert.Equal(1, scrape.Value("fedhier_contributions_total", ours, tier, ("outcome", "accepted")));
        Assert.Equal(1, scrape.Value("fedhier_contributions_total", ours, tier, ("outcome", "duplicate")));
        Assert.Equal(
            1,
            scrape.Value(
                "fedhier_contributions_total", ours, tier, ("outcome", "refused"), ("reason", "sequenceGap")));
        Assert.Equal(update.Length, scrape.Value("fedhier_upload_bytes_total", ours, tier, ("codec", "float32")));
        Assert.Equal(
            (await model.Content.ReadAsByteArrayAsync()).Length, scrape.Value("fedhier_download_bytes_total", ours));
        Assert.Equal(1, scrape.Value("fedhier_staleness_count", ours, tier));
        Assert.Equal(1, scrape.Value("fedhier_staleness_bucket", ours, tier, ("le", "0")));
        Assert.Equal(1, scrape.Value("fedhier_staleness_bucket", ours, tier, ("le", "13")));
        Assert.Equal(1, scrape.Value("fedhier_aggregates_total", ours, tier, ("outcome", "accepted")));
        Assert.Equal(1, scrape.Value("fedhier_versions_total", ours, tier, ("kind", "fold")));
        Assert.Equal(1, scrape.Value("fedhier_versions_total", ours, ("tier", "global"), ("kind", "fold")));
        Assert.Equal(
            1, scrape.Value("fedhier_round_duration_seconds_bucket", ours, ("tier", "global"), ("le", "86400")));
        Assert.Equal(1, scrape.Value("fedhier_publish_duration_seconds_count", ours, tier));
        Assert.Equal(
            TestModel.Parameters * sizeof(float), scrape.Value("fedhier_fold_input_bytes_total", ours, tier));
        Assert.Equal(0, scrape.Value("fedhier_buffer_contributions", ours, tier));
        Assert.Equal(0, scrape.Value("fedhier_outbox_aggregates", ours, tier));
        // One contribution of one cluster: both tiers have made the same of it.
        Assert.Equal(0, scrape.Value("fedhier_divergence_ratio", ours, tier));
        Assert.Equal(2, scrape.Value("fedhier_participants", ours, tier));
        Assert.True(scrape.Value("fedhier_version_timestamp_seconds", ours, ("tier", "global")) > 1.7e9);
        Assert.True(scrape.Value("fedhier_storage_duration_seconds_count", ("store", "state"), ("outcome", "ok")) > 0);
        Assert.True(scrape.Value(
            "fedhier_storage_duration_seconds_count", ("store", "blobs"), ("operation", "commit")) > 0);
        Assert.True(scrape.Value("fedhier_disk_free_bytes", ("folder", "data")) > 0);
    }

    [Fact]
    public async Task Metrics_AfterAFoldOfUnlikeUpdates_SayHowFarApartTheyAre()
    {
        var federation = await shared.CreateAsync(settings => settings["clusterTier"]!["goal"] = 2);
        using var a = await federation.EnrolAsync();
        using var b = await federation.EnrolAsync("b");
        using var first = await a.SendAsync(1, TestParticipant.Update(federation.InitialModel, 0.25f));
        using var second = await b.SendAsync(1, TestParticipant.Update(federation.InitialModel, 0.5f));
        var ours = ("federation", federation.Name);

        var scrape = await Scrape.UntilAsync(
            shared.Silo, now => now.Value("fedhier_update_dispersion_ratio", ours) is not null);

        Assert.Null(scrape.Value("fedhier_divergence_ratio", ours));

        // .375 on average, .125 away from it each.
        Assert.Equal(1.0 / 3, scrape.Value("fedhier_update_dispersion_ratio", ours)!.Value, 1e-6);
        Assert.Equal(
            0.75 * Math.Sqrt(TestModel.Parameters), scrape.Value("fedhier_update_norm_sum", ours)!.Value, 1e-6);
    }

    [Fact]
    public async Task Metrics_AfterAnEvaluation_HaveItsAccuracy()
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        using var reported = await participant.EvaluateAsync(
            new EvaluationReport(0, federation.InitialModel, Examples: 200, Correct: 150, Loss: 0.5));
        Assert.Equal(HttpStatusCode.NoContent, reported.StatusCode);

        var scrape = await Scrape.UntilAsync(
            shared.Silo, now => now.Value("fedhier_evaluated", ("federation", federation.Name)) is not null);

        Assert.Equal(0.75, scrape.Value("fedhier_accuracy_ratio", ("federation", federation.Name), ("tier", "h264")));
    }

    [Fact]
    public async Task Metrics_OfParticipantsThatShareTheirLabels_SayHowUnlikeTheyAre()
    {
        var federation = await shared.CreateAsync();
        using var a = await federation.EnrolAsync();
        using var b = await federation.EnrolAsync("b");
        foreach (var (participant, labels) in new (TestParticipant, long[])[] { (a, [30, 10]), (b, [10, 30]) })
        {
            using var reported = await participant.EvaluateAsync(new EvaluationReport(
                0, federation.InitialModel, Examples: 10, Correct: 5, Loss: 1, LabelCounts: labels));
            Assert.Equal(HttpStatusCode.NoContent, reported.StatusCode);
        }

        var ours = ("federation", federation.Name);
        var scrape = await Scrape.UntilAsync(shared.Silo, now => now.Value("fedhier_label_sharing", ours) == 2);

        Assert.Equal(0.25, scrape.Value("fedhier_label_distance_mean_ratio", ours));
        Assert.Equal(0.25, scrape.Value("fedhier_label_distance_max_ratio", ours));
        Assert.Equal(0.5, scrape.Value("fedhier_label_share_ratio", ours, ("class", "0")));
    }

    [Fact]
    public async Task Metrics_OfParticipantsThatShareTheirFeatures_SayHowUnlikeTheyAreUntilTheyStop()
    {
        var federation = await shared.CreateAsync();
        using var a = await federation.EnrolAsync();
        using var b = await federation.EnrolAsync("b");
        var report = new EvaluationReport(0, federation.InitialModel, Examples: 10, Correct: 5, Loss: 1);
        foreach (var (participant, mean) in new[] { (a, -1.0), (b, 1.0) })
        {
            using var reported = await participant.EvaluateAsync(report with
            {
                Features = new FeatureSummary(
                    40, [.. Enumerable.Repeat(mean, 10)], [.. Enumerable.Repeat(1.0, 10)]),
            });
            Assert.Equal(HttpStatusCode.NoContent, reported.StatusCode);
        }

        var ours = ("federation", federation.Name);
        var scrape = await Scrape.UntilAsync(shared.Silo, now => now.Value("fedhier_feature_sharing", ours) == 2);

        var expected = Math.Sqrt(1 - Math.Sqrt(2 * Math.Sqrt(2) / 3) * Math.Exp(-1.0 / 12));
        Assert.Equal(expected, scrape.Value("fedhier_feature_distance_mean_ratio", ours)!.Value, 1e-9);
        Assert.Equal(expected, scrape.Value("fedhier_feature_distance_max_ratio", ours)!.Value, 1e-9);
        Assert.Equal(0, scrape.Value("fedhier_label_sharing", ours));

        using var withdrawn = await b.EvaluateAsync(report);
        await Scrape.UntilAsync(shared.Silo, now => now.Value("fedhier_feature_sharing", ours) == 1);
    }

    [Fact]
    public async Task Metrics_OfMadeUpNames_HaveNoSeriesOfTheirOwn()
    {
        var federation = await shared.CreateAsync();
        using var stranger = new TestParticipant(federation, "stranger");
        using var refused = await stranger.SendAsync(1, TestParticipant.Update(federation.InitialModel));
        using var nowhere = await shared.Silo.Client.GetAsync("/v1/federations/no-such-federation/status");

        var scrape = await Scrape.UntilAsync(shared.Silo, now => now.Value(
            "fedhier_contributions_total", ("federation", federation.Name), ("reason", "unknownParticipant")) == 1);

        Assert.Equal(
            1, scrape.Value("fedhier_contributions_total", ("federation", federation.Name), ("tier", "")));
        Assert.True(scrape.Value("fedhier_problems_total", ("code", "unknownFederation"), ("status", "404")) >= 1);
        Assert.DoesNotContain("stranger", scrape.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("no-such-federation", scrape.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("participant=", scrape.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_ThatAreOurs_AreThoseOfTheDocument()
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        using var sent = await participant.SendAsync(1, TestParticipant.Update(federation.InitialModel));
        var documented = MetricsDocument.Metrics.ToDictionary(metric => metric.PrometheusName);

        var scrape = await Scrape.UntilAsync(
            shared.Silo, now => now.Value("fedhier_versions_total", ("federation", federation.Name)) is not null);

        var names = scrape.Names.Where(name => name.StartsWith("fedhier_", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(names);
        Assert.All(names, name =>
        {
            var part = new[] { "_bucket", "_sum", "_count" }.FirstOrDefault(
                part => !documented.ContainsKey(name) && name.EndsWith(part, StringComparison.Ordinal)) ?? "";
            var metric = documented[name[..^part.Length]];
            Assert.Equal(
                metric.Labels.Order(StringComparer.Ordinal),
                scrape.LabelsOf(name).Where(label => label != "le").Order(StringComparer.Ordinal));
        });
    }

    [Fact]
    public void Document_OfTheRepository_IsWhatTheInstrumentsSay()
    {
        var document = File.ReadAllText(Repository.PathOf("docs", "metrics.md"));
        using var agent = new AgentMetrics();

        Assert.Contains(MetricsDocument.Table(MetricsDocument.Metrics), document, StringComparison.Ordinal);
        Assert.Contains(MetricsDocument.Table(agent.All), document, StringComparison.Ordinal);
    }

    [Fact]
    public void ReservedNames_OfTheDocument_AreTakenByNoMetric()
    {
        var document = File.ReadAllText(Repository.PathOf("docs", "metrics.md"));
        var table = document.Split("\n## Reserved names\n")[1].Split("\n## ")[0];

        var reserved = ReservedName().Matches(table).Select(match => match.Groups[1].Value).ToArray();

        Assert.Contains("fedhier_privacy_epsilon", reserved);
        Assert.Contains("fedhier_feature_drift_ratio", reserved);
        Assert.Empty(reserved.Intersect(MetricsDocument.Metrics.Select(metric => metric.PrometheusName)));
    }

    [PromtoolFact]
    public async Task Metrics_LintedByPromtool_HaveNoFaultOfOurs()
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        using var sent = await participant.SendAsync(1, TestParticipant.Update(federation.InitialModel));
        var scrape = await Scrape.UntilAsync(
            shared.Silo, now => now.Value("fedhier_versions_total", ("federation", federation.Name)) is not null);

        var (_, said) = await Promtool.RunAsync(["check", "metrics"], input: scrape.Text);

        // What others name against the conventions is theirs; that it is said shows that it was looked at.
        Assert.Contains("dotnet_assembly_count", said, StringComparison.Ordinal);
        Assert.DoesNotContain("fedhier_", said, StringComparison.Ordinal);
        Assert.DoesNotContain("parsing", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_OfAnotherSiloInThisProcess_AreNotThisOnes()
    {
        await using var other = await TestSilo.StartAsync();
        await TestFederation.CreateAsync(other, TestSilo.Settings("elsewhere"));
        var there = await Scrape.UntilAsync(
            other, now => now.Value("fedhier_version", ("federation", "elsewhere")) is not null);

        var here = await Scrape.OfAsync(shared.Silo);

        Assert.Null(here.Value("fedhier_version", ("federation", "elsewhere")));
        Assert.Null(there.Value("fedhier_version", ("federation", "f1")));
    }

    [GeneratedRegex("^\\| `(fedhier_\\w+)` \\|", RegexOptions.Multiline)]
    private static partial Regex ReservedName();
}
