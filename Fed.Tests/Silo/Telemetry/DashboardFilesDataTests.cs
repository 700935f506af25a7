using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Fed.Cli.Children;
using Fed.Contracts;
using Fed.Contracts.Participants;
using Fed.Silo.Telemetry;
using Fed.Tests.Silo.Sqlite;

namespace Fed.Tests.Silo.Telemetry;

/// <summary>The dashboards' expressions, asked of a real Prometheus that watches a real silo at work.</summary>
public sealed class DashboardFilesDataTests : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    /// <summary>Between two looks; Prometheus asks the silo every second.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>Metrics of panels that this one silo leaves empty, and why.</summary>
    private static readonly Dictionary<string, string> Empty = new()
    {
        ["fedhier_storage_duration_seconds_count{instance=~\".*\",outcome!=\"ok\"}"] = "its storage never fails",
        ["fedhier_recovery_duration_seconds"] = "no silo is lost",
        ["fedhier_calls_refused_total"] = "no client of Orleans calls it",
        ["fedhier_certificate_expiry_timestamp_seconds"] = "it has no certificate",
        ["orleans_messaging_sent_messages_size_bytes"] = "it has no silo to send to",
        ["orleans_messaging_received_messages_size_bytes"] = "nor to hear from",
        ["orleans_messaging_pings_sent_total"] = "nor to probe",
        ["orleans_messaging_pings_reply_missed_total"] = "nor that would not answer",
        ["orleans_messaging_rejected_total"] = "no message is lost",
        ["orleans_messaging_expired_total"] = "no message is lost",
        ["orleans_messaging_sent_dropped_total"] = "no message is lost",
        ["orleans_messaging_sent_failed_total"] = "no message is lost",
        ["orleans_app_requests_timedout_total"] = "no call takes as long",
        ["orleans_catalog_activation_destroyed_total"] = "its grains live longer than the test",
        ["orleans_directory_lookups_remote_sent_total"] = "it has the whole directory",
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PromtoolFact]
    public async Task Panels_OfASiloAtWork_HaveData()
    {
        using var launcher = new LaunchThread();
        var (process, ready) = await SiloLaunch.StartAsync(
            launcher, 0, _folder.File("silo"), configure: start =>
                start.Environment[TelemetryOptions.Variable(nameof(TelemetryOptions.Participants))] = "true");
        await using var silo = process;
        await Task.WhenAny(ready, process.Ended);
        Assert.True(ready.IsCompletedSuccessfully, process.Errors);
        using var client = new HttpClient { BaseAddress = await ready };
        await using var prometheus = await PrometheusProcess.StartAsync(
            [(await ready).Authority], TimeSpan.FromSeconds(1));
        var settings = TestSilo.Settings("dashboards");
        settings["globalTier"] = new JsonObject { ["goal"] = 1 };
        var federation = await TestFederation.CreateAsync(client, settings);
        using var first = await federation.EnrolAsync("a", "h264");
        using var second = await federation.EnrolAsync("c", "av1");
        var queries = GrafanaDashboard.All.SelectMany(one => one.Queries)
            .Select(query => query with { Text = query.For(federation.Name) }).ToArray();
        Assert.All(Empty.Keys, metric => Assert.Contains(queries, query => query.Text.Contains(metric)));

        var missing = queries.Where(query => !Empty.Keys.Any(query.Text.Contains)).ToList();
        var since = Stopwatch.GetTimestamp();
        for (var sequence = 1; missing.Count > 0; sequence++)
        {
            await WorkAsync(first, sequence);
            await WorkAsync(second, sequence);
            foreach (var query in missing.ToArray())
            {
                if (await prometheus.CountAsync(query.Text) > 0)
                    missing.Remove(query);
            }

            Assert.True(
                Stopwatch.GetElapsedTime(since) < Longest,
                "no data:\n" + string.Join("\n", missing.Select(query => $"{query.Place}: {query.Text}")));
            await Task.Delay(Pause);
        }
    }

    /// <summary>What a participant does in a round, and what it may do wrong.</summary>
    private static async Task WorkAsync(TestParticipant participant, int sequence)
    {
        var (client, url) = (participant.Federation.Client, participant.Federation.Url);
        var task = await client.GetFromJsonAsync<ParticipantTask>($"{participant.Path}/task?wait=10", FedJson.Options);
        var update = TestParticipant.Update(task!.ModelSha256, 1f / sequence);
        using var model = await client.GetAsync($"{url}/models/{task.ModelSha256}");
        using var report = await participant.EvaluateAsync(new EvaluationReport(
            task.Version, task.ModelSha256, Examples: 200, Correct: 150, Loss: 0.5, ClippedShare: 0.01,
            LabelCounts: [30, 10], Features: new FeatureSummary(40, new double[10], new double[10])));
        using var sent = await participant.SendAsync(sequence, update);
        using var again = await participant.SendAsync(sequence, update);
        using var gap = await participant.SendAsync(sequence + 10, TestParticipant.Update(task.ModelSha256, 2));
        using var nowhere = await client.GetAsync("/v1/federations/no-such-federation/status");
        Assert.True(model.IsSuccessStatusCode, await model.Content.ReadAsStringAsync());
        Assert.True(report.IsSuccessStatusCode, await report.Content.ReadAsStringAsync());
        Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync());
    }
}
