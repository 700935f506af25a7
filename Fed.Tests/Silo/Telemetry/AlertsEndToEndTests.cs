using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net;
using System.Text.Json.Nodes;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Participants;
using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Silo.Telemetry;
using Fed.Tests.Silo.Clients;
using Fed.Tests.Silo.Cluster;
using Fed.Tests.Silo.Storage;
using Fed.Training;

namespace Fed.Tests.Silo.Telemetry;

/// <summary>
/// Faults put into running federations: a real Prometheus with the repository's rules sees each alert fire, and clear
/// once the fault is mended.
/// </summary>
public sealed class AlertsEndToEndTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-alerts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [PromtoolFact]
    public async Task Alerts_OfFaultsOfParticipants_FireAndClear()
    {
        await using var silo = await TestSilo.StartAsync();
        await using var watch = await AlertWatch.StartAsync(silo.Host.MetricsAddress.Authority);

        // At the same time: most of it is waiting.
        await Task.WhenAll(
            NobodyContributesAsync(silo, watch),
            NobodyComesAsync(silo, watch),
            SomebodyPosesAsAnotherAsync(silo, watch),
            MostIsRefusedAsync(silo, watch),
            SomebodyIsLateAsync(silo, watch),
            AVersionIsWorseAsync(silo, watch));
    }

    [PromtoolFact]
    public async Task Alerts_OfFaultsOfWhatIsStored_FireAndClear()
    {
        await using var silo = await TestSilo.StartAsync(_folder);
        await using var watch = await AlertWatch.StartAsync(silo.Host.MetricsAddress.Authority);

        // One after the other: writes that wait together fail together.
        await AManifestIsLostAsync(silo, watch);
        await TheGlobalTierCannotWriteAsync(silo, watch);
    }

    [TmpfsFact]
    public async Task Alerts_OfADiskWithRoomForUpdatesOnly_FireAndClear()
    {
        const long disk = 64 << 20;
        // More than an update with a byte a parameter, less than a version with four.
        const long left = 600 << 10;
        using var mount = new Tmpfs(_folder, disk);
        await using var silo = await TestSilo.StartAsync(_folder);
        await using var watch = await AlertWatch.StartAsync(silo.Host.MetricsAddress.Authority);
        const string json =
            """{"name":"quarter","input":[500],"layers":[{"type":"dense","units":500}],"loss":"softmaxCrossEntropy"}""";
        var model = ModelSpecification.Parse(json);
        var settings = TestSilo.Settings("full");
        settings["model"] = JsonNode.Parse(json);
        settings["codec"] = "int8";
        var federation = await TestFederation.CreateAsync(silo, settings);
        using var participant = await federation.EnrolAsync();
        var filler = Path.Combine(_folder, "filler");

        await watch.SaysAsync("fedhier_disk_free_bytes");
        await watch.QuietAsync("FedHierDiskFilling", silo.Host.MetricsAddress.Authority);
        await watch.QuietAsync("FedHierBufferStuck", federation.Name);
        using (var file = File.Create(filler, 4096))
        {
            var page = new byte[4096];
            while (new DriveInfo(_folder).AvailableFreeSpace > left)
            {
                file.Write(page);
                file.Flush();
            }
        }

        using (var file = new MemoryStream())
        {
            UpdateWriter.Write(
                file, new float[(int)model.Layout.ParameterCount], BlockCodecs.ByName("int8"), examples: 32,
                federation.InitialModel, model.Layout.Hash);
            using var sent = await participant.SendAsync(1, file.ToArray());
            Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync());
        }

        await watch.FiresAsync("FedHierDiskFilling", silo.Host.MetricsAddress.Authority);
        await watch.FiresAsync("FedHierStorageErrors", "blobs");
        await watch.FiresAsync("FedHierBufferStuck", federation.Name);
        File.Delete(filler);
        await watch.ClearsAsync("FedHierBufferStuck", federation.Name);
        await watch.ClearsAsync("FedHierStorageErrors", "blobs");
        await watch.ClearsAsync("FedHierDiskFilling", silo.Host.MetricsAddress.Authority);
    }

    [PromtoolFact]
    public async Task Alerts_OfASiloThatIsKilledAndItsCertificate_FireAndClear()
    {
        using var authority = new Authority();
        var clock = TimeProvider.System;
        var listen = $"127.0.0.1:{FreePort()}";
        await using var watch = await AlertWatch.StartAsync(listen);
        await using (var old = await StartAsync(authority, listen, clock.GetUtcNow().AddDays(3)))
        {
            await watch.SaysAsync("up == 1");
            await watch.FiresAsync("FedHierCertificateExpiring", "orleans");
            // It was looked for before it was there.
            await watch.ClearsAsync("FedHierSiloDown", listen);
            await old.KillAsync();
        }

        await watch.FiresAsync("FedHierSiloDown", listen);
        await using var renewed = await StartAsync(authority, listen, clock.GetUtcNow().AddDays(300));
        await watch.ClearsAsync("FedHierSiloDown", listen);
        await watch.SaysAsync("fedhier_certificate_expiry_timestamp_seconds");
        await watch.ClearsAsync("FedHierCertificateExpiring", "orleans");
    }

    [Fact]
    public void Faster_OfRules_ShortensTimesAndLeavesTheRest()
    {
        var faster = AlertWatch.Faster(
            """
            expr: age_seconds{tier="global"}) > 3600 and predict_linear(free[6h], 86400) unless free offset 5m)
            expr: max_over_time(a[1d:1m]) > 10 and expiry_seconds - time() < 14 * 86400
            for: 5m
            """);

        Assert.Equal(
            """
            expr: age_seconds{tier="global"}) > 15 and predict_linear(free[90000ms], 360) unless free offset 1250ms)
            expr: max_over_time(a[360000ms:250ms]) > 10 and expiry_seconds - time() < 14 * 86400
            for: 1250ms
            """,
            faster);
    }

    /// <summary>There is a version when somebody contributes again.</summary>
    private static async Task NobodyContributesAsync(TestSilo silo, AlertWatch watch)
    {
        var federation = await CreateAsync(silo, "idle");
        using var participant = await federation.EnrolAsync();
        await watch.QuietAsync("FedHierNoNewVersion", federation.Name);

        await watch.FiresAsync("FedHierNoNewVersion", federation.Name);
        await watch.ClearsAsync("FedHierNoNewVersion", federation.Name, new Work(participant).ContributeAsync);
    }

    /// <summary>Of h264's two participants both are away, until they come.</summary>
    private static async Task NobodyComesAsync(TestSilo silo, AlertWatch watch)
    {
        var federation = await CreateAsync(silo, "absent");
        await watch.QuietAsync("FedHierParticipantsSilent", federation.Name);

        await watch.FiresAsync("FedHierParticipantsSilent", federation.Name);
        foreach (var (name, cluster) in new[] { ("a", "h264"), ("b", "h264"), ("c", "av1") })
        {
            using var participant = await federation.EnrolAsync(name, cluster);
            await new Work(participant).TaskAsync();
        }

        await watch.ClearsAsync("FedHierParticipantsSilent", federation.Name);
    }

    private static async Task SomebodyPosesAsAnotherAsync(TestSilo silo, AlertWatch watch)
    {
        var federation = await CreateAsync(silo, "posed");
        using var participant = await federation.EnrolAsync();
        using var impostor = new TestParticipant(federation, "a");
        await watch.QuietAsync("FedHierPoisoningSuspected", federation.Name);

        await watch.FiresAsync("FedHierPoisoningSuspected", federation.Name, async () =>
        {
            for (var i = 0; i < 4; i++)
            {
                using var refused = await impostor.SendAsync(1, TestParticipant.Update(federation.InitialModel));
                Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            }
        });
        await watch.ClearsAsync("FedHierPoisoningSuspected", federation.Name);
    }

    private static async Task MostIsRefusedAsync(TestSilo silo, AlertWatch watch)
    {
        var federation = await CreateAsync(silo, "refused");
        using var participant = await federation.EnrolAsync();
        var work = new Work(participant);
        await work.ContributeAsync();
        await watch.QuietAsync("FedHierAcceptanceFallen", federation.Name);

        await watch.FiresAsync("FedHierAcceptanceFallen", federation.Name, async () =>
        {
            for (var i = 0; i < 5; i++)
            {
                using var gap = await participant.SendAsync(99, TestParticipant.Update(federation.InitialModel));
                Assert.Equal(HttpStatusCode.Conflict, gap.StatusCode);
            }
        });
        await watch.ClearsAsync("FedHierAcceptanceFallen", federation.Name, work.ContributeAsync);
    }

    /// <summary>One trains on what was new a while ago, after a day in which everybody was in time.</summary>
    private static async Task SomebodyIsLateAsync(TestSilo silo, AlertWatch watch)
    {
        const int fresh = 40;
        const int late = 10;
        var federation = await CreateAsync(silo, "late");
        using var first = await federation.EnrolAsync("a");
        using var second = await federation.EnrolAsync("b");
        var (quick, slow) = (new Work(first), new Work(second));
        var models = new List<string>();
        // A counter counts from when Prometheus first sees it.
        await ContributeAsync();
        await watch.SaysAsync("""fedhier_staleness_count{federation="late",tier="h264"}""");
        for (var i = 0; i < fresh; i++)
            await ContributeAsync();
        // Not in the last half-hour of the rules.
        await watch.SaysAsync(
            """increase(fedhier_staleness_count{federation="late",tier="h264"}[7500ms]) == 0""");
        await watch.QuietAsync("FedHierStalenessRising", federation.Name);

        await watch.FiresAsync("FedHierStalenessRising", federation.Name, async () =>
        {
            await slow.ContributeLateAsync(models[^late]);
            await ContributeAsync();
        });
        await watch.ClearsAsync("FedHierStalenessRising", federation.Name, ContributeAsync);

        async Task ContributeAsync()
        {
            models.Add((await quick.TaskAsync()).ModelSha256);
            await quick.ContributeAsync(models[^1]);
        }
    }

    private static async Task AVersionIsWorseAsync(TestSilo silo, AlertWatch watch)
    {
        var federation = await CreateAsync(silo, "worse");
        using var participant = await federation.EnrolAsync();
        var work = new Work(participant);
        await work.EvaluateAsync(correct: 90);
        await watch.SaysAsync("""fedhier_accuracy_ratio{federation="worse",tier="h264"} == 0.9""");
        await watch.QuietAsync("FedHierAccuracyRegressed", federation.Name);

        await work.ContributeAsync();
        await work.EvaluateAsync(correct: 80);
        await watch.FiresAsync("FedHierAccuracyRegressed", federation.Name);
        await work.ContributeAsync();
        await work.EvaluateAsync(correct: 89);
        await watch.ClearsAsync("FedHierAccuracyRegressed", federation.Name);
    }

    /// <summary>Its own state alone: clusters go on, and have nobody to send their aggregates to.</summary>
    private async Task TheGlobalTierCannotWriteAsync(TestSilo silo, AlertWatch watch)
    {
        var federation = await CreateAsync(silo, "unsent");
        using var participant = await federation.EnrolAsync();
        var work = new Work(participant);
        await work.ContributeAsync();
        await watch.SaysAsync("""fedhier_version{federation="unsent",tier="global"} == 1""");
        // Everything is acknowledged, though nobody writes any more.
        await watch.SaysAsync("""max by (federation) (fedhier_outbox_records{federation="unsent"}) == 0""");
        await watch.QuietAsync("FedHierOutboxGrowing", federation.Name);

        var outage = new Outage(
            _folder, OutageKind.StateWrites, only: $"NEW.state = 'global' AND NEW.grain LIKE '%/{federation.Name}'");
        await work.ContributeAsync();
        await watch.FiresAsync("FedHierOutboxGrowing", federation.Name);
        outage.End();
        await watch.ClearsAsync("FedHierOutboxGrowing", federation.Name);
        // Sent late, not lost.
        await watch.SaysAsync("""fedhier_version{federation="unsent",tier="global"} == 2""");
    }

    /// <summary>What a version was made of is gone, and somebody sends again what is in it.</summary>
    private static async Task AManifestIsLostAsync(TestSilo silo, AlertWatch watch)
    {
        var federation = await CreateAsync(silo, "lost");
        using var participant = await federation.EnrolAsync();
        var first = TestParticipant.Update(federation.InitialModel, 1);
        var work = new Work(participant);
        await work.ContributeAsync();
        await work.ContributeAsync();
        ClusterLedger? ledger;
        do
        {
            ledger = await silo.Client.GetFromJsonAsync<ClusterLedger>(
                $"{federation.Url}/clusters/h264/ledger", FedJson.Options);
        }
        while (ledger!.Pending.Count > 0);
        await SendAgainAsync(HttpStatusCode.OK);
        await watch.QuietAsync("FedHierServerErrors", "internalError");

        var sha256 = ledger.ManifestSha256;
        var (manifest, away) = (
            Path.Combine(silo.Options.Blobs.Root, sha256[..2], sha256), Path.Combine(silo.Options.DataFolder, "away"));
        File.Move(manifest, away);
        await watch.FiresAsync(
            "FedHierServerErrors", "internalError", () => SendAgainAsync(HttpStatusCode.InternalServerError));
        File.Move(away, manifest);
        await watch.ClearsAsync("FedHierServerErrors", "internalError", () => SendAgainAsync(HttpStatusCode.OK));

        async Task SendAgainAsync(HttpStatusCode expected)
        {
            using var answer = await participant.SendAsync(1, first);
            Assert.Equal(expected, answer.StatusCode);
        }
    }

    /// <summary>With one cluster's contribution a global version.</summary>
    private static Task<TestFederation> CreateAsync(TestSilo silo, string name)
    {
        var settings = TestSilo.Settings(name);
        settings["globalTier"] = new JsonObject { ["goal"] = 1 };
        // Nobody is refused for being late.
        settings["clusterTier"] = new JsonObject { ["goal"] = 1, ["maxStaleness"] = 1000 };
        return TestFederation.CreateAsync(silo, settings);
    }

    private Task<SiloNode> StartAsync(Authority authority, string listen, DateTimeOffset until) =>
        SiloNode.StartAsync(
            new(authority.Environment(authority.IssueSilo(until)))
            {
                [TelemetryOptions.Variable(nameof(TelemetryOptions.Listen))] = listen,
            },
            "--data-dir", Path.Combine(_folder, "killed"));

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    /// <summary>What an honest participant does.</summary>
    private sealed class Work(TestParticipant participant)
    {
        private long _sequence;

        public async Task<ParticipantTask> TaskAsync() =>
            (await participant.Federation.Client.GetFromJsonAsync<ParticipantTask>(
                $"{participant.Path}/task?wait=10", FedJson.Options))!;

        public async Task ContributeAsync() => await ContributeAsync((await TaskAsync()).ModelSha256);

        public async Task ContributeAsync(string baseModel)
        {
            var update = TestParticipant.Update(baseModel, 1f / ++_sequence);
            using var sent = await participant.SendAsync(_sequence, update);
            Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync());
        }

        /// <summary>Nothing is sent again where a later version, which it has contributed to, had this model, too: what
        /// the cluster takes over from the global tier may be what it had.</summary>
        public async Task ContributeLateAsync(string baseModel)
        {
            var next = _sequence + 1;
            using var sent = await participant.SendAsync(next, TestParticipant.Update(baseModel, 1f / next));
            if (sent.IsSuccessStatusCode)
                _sequence = next;
            else
                Assert.Contains("alreadyContributed", await sent.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        /// <param name="correct">Of a hundred.</param>
        public async Task EvaluateAsync(long correct)
        {
            var task = await TaskAsync();
            using var report = await participant.EvaluateAsync(
                new EvaluationReport(task.Version, task.ModelSha256, Examples: 100, correct, Loss: 0.5));
            Assert.True(report.IsSuccessStatusCode, await report.Content.ReadAsStringAsync());
        }
    }
}
