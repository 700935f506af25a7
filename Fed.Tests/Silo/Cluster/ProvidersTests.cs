using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Fed.Client;
using Fed.Grains.Federations;
using Fed.Grains.Persistence;
using Fed.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using StackExchange.Redis;

namespace Fed.Tests.Silo.Cluster;

/// <summary>
/// Silos on every combination of providers that docs/operations.md names, on real servers: as processes where their
/// start or their end is what is told.
/// </summary>
public sealed class ProvidersTests(ClusterStorage storage) : IClassFixture<ClusterStorage>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-providers-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ServersTheory]
    [InlineData("azure", "azure", "azure", "folder")]
    [InlineData("azure", "azure", "azure", "azure")]
    [InlineData("redis", "redis", "redis", "folder")]
    [InlineData("redis", "redis", "redis", "azure")]
    [InlineData("azure", "redis", "redis", "folder")]
    [InlineData("localhost", "azure", "azure", "azure")]
    public async Task Silo_OnAnotherDataFolder_GoesOnWithWhatTheServersHold(
        string clustering, string state, string reminders, string blobs)
    {
        var environment = storage.NewCluster(clustering, state, reminders, blobs);
        using var participant = await ContributeAsync(environment, blobs);

        await using var second = await HostedSilo.StartAsync(environment, Options("second", blobs));

        var receipt = await second.Client.GetFromJsonAsync<JsonNode>($"{participant.Path}/receipts/1");
        Assert.Equal(1, (long)receipt!["receipt"]!["sequence"]!);
        var federation = participant.Federation with { Client = second.Client };
        var update = TestParticipant.Update(federation.InitialModel);
        using var again = await participant.SendAsync(1, update, second.Client);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using var other = await federation.EnrolAsync("c", "av1");
        using var next = await other.SendAsync(1, update);
        Assert.Equal(HttpStatusCode.Created, next.StatusCode);
        await second.StopAsync();
    }

    /// <summary>By that an activation sees that no other one has written since.</summary>
    [ServersTheory]
    [InlineData("sqlite")]
    [InlineData("memory")]
    [InlineData("redis")]
    [InlineData("azure")]
    public async Task State_ReadAgain_HasTheTagOfItsLastReadOrWrite(string state)
    {
        var environment = storage.NewCluster("localhost", state, "memory", "folder");
        await using var silo = await HostedSilo.StartAsync(environment, Options("first", "folder"));
        var provider = silo.Services.GetRequiredKeyedService<IGrainStorage>(StateStore.Name);
        var actor = GrainId.Create("test", "actor");

        var (first, again) = (new GrainState<FederationIndexState>(), new GrainState<FederationIndexState>());
        await provider.ReadStateAsync("test", actor, first);
        await provider.ReadStateAsync("test", actor, again);
        Assert.Equal(first.ETag, again.ETag);
        for (var write = 0; write < 2; write++)
        {
            first.State = new FederationIndexState { Names = [$"{write}"] };
            await provider.WriteStateAsync("test", actor, first);
            await provider.ReadStateAsync("test", actor, again);
            Assert.NotNull(first.ETag);
            Assert.Equal((first.ETag, $"{write}"), (again.ETag, again.State!.Names.Single()));
        }
    }

    [ServersFact]
    public async Task State_InRedis_IsTheJsonOfEveryProvider()
    {
        var environment = storage.NewCluster("localhost", "redis", "memory", "folder");
        using var participant = await ContributeAsync(environment, "folder");

        await using var redis = await ConnectionMultiplexer.ConnectAsync(storage.Redis.ConnectionString);
        var keys = redis.GetServers()[0].Keys(pattern: $"{environment["FED_Orleans__ServiceId"]}/state/*").ToArray();

        Assert.True(keys.Length >= 4);
        foreach (var key in keys)
            Assert.NotNull(JsonNode.Parse((string)(await redis.GetDatabase().HashGetAsync(key, "data"))!));
    }

    [ServersTheory]
    [InlineData("redis")]
    [InlineData("azure")]
    public async Task Silo_OnStateOfAnotherFormat_EndsAndNamesBoth(string state)
    {
        var environment = storage.NewCluster("localhost", state, "memory", "folder");
        var service = environment["FED_Orleans__ServiceId"];
        if (state == "redis")
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(storage.Redis.ConnectionString);
            await redis.GetDatabase().StringSetAsync($"{service}/format", "0");
        }
        else
        {
            await new BlobServiceClient(storage.Azurite.ConnectionString).CreateBlobContainerAsync($"{service}-grains");
        }

        var (code, error) = await SiloProcessTests.RunAsync(environment, ["--port", "0", .. Arguments("a")]);

        Assert.Equal(ExitCode.DataFolder, code);
        Assert.Contains(
            $"the state of service '{service}' is of format {(state == "redis" ? "0" : "unknown")}, and this silo",
            error,
            StringComparison.Ordinal);
    }

    [ServersFact]
    public async Task Silo_BeforeItsRedis_SaysSoOnceAndWaits()
    {
        await using var redis = new RedisProcess();
        var environment = storage.NewCluster("redis", "redis", "redis", "folder");
        environment["FED_Providers__Redis__ConnectionString"] = redis.ConnectionString;
        var (node, ready) = await SiloNode.LaunchAsync(environment, Arguments("first"));
        await using var silo = node;
        await silo.SaidAsync("Waits up to 60 s for Redis at ");
        await redis.StartAsync();

        Assert.Same(ready, await Task.WhenAny(ready, silo.Ended));

        Assert.Single(silo.Log.Split('\n'), line => line.Contains("Waits up to", StringComparison.Ordinal));
        Assert.Contains(redis.ConnectionString, silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("power cut", silo.Log, StringComparison.Ordinal);
    }

    [ServersFact]
    public async Task Silo_WhoseRedisStaysAway_EndsAfterTheTimeThatWasSet()
    {
        await using var redis = new RedisProcess();
        var environment = storage.NewCluster("redis", "redis", "redis", "folder");
        environment["FED_Providers__Redis__ConnectionString"] = redis.ConnectionString;
        environment["FED_Timeouts__StorageStart"] = "00:00:01";

        var (code, error) = await SiloProcessTests.RunAsync(environment, ["--port", "0", .. Arguments("a")]);

        Assert.Equal(ExitCode.DataFolder, code);
        Assert.Contains(
            $"fed silo: Redis at {redis.ConnectionString} is away, and was for 1 s", error, StringComparison.Ordinal);
        Assert.Contains("FED_Timeouts__StorageStart says how long", error, StringComparison.Ordinal);
    }

    [ServersFact]
    public async Task Silo_ToldToStopWhileRedisIsAway_EndsWithinTheTimeThatWasSetAndSaysWhy()
    {
        await using var redis = await RedisProcess.StartAsync();
        var environment = storage.NewCluster("redis", "redis", "redis", "folder");
        environment["FED_Providers__Redis__ConnectionString"] = redis.ConnectionString;
        environment["FED_Timeouts__Shutdown"] = environment["FED_Timeouts__Stop"] = "00:00:02";
        await using var silo = await SiloNode.StartAsync(environment, Arguments("first"));
        await redis.StopAsync();

        Assert.Equal(ExitCode.Failure, await silo.StopAsync());

        await silo.SaidAsync("fed silo: the stop took longer than 2 s, so the process ends as it is");
        await silo.SaidAsync("FED_Timeouts__Stop");
    }

    [ServersTheory]
    [InlineData("wrong")]
    [InlineData(null)]
    public async Task Silo_ThatRedisRefuses_EndsAtOnceWithoutThePassword(string? password)
    {
        await using var redis = await RedisProcess.StartAsync("--requirepass", "sesame");
        var environment = storage.NewCluster("redis", "redis", "redis", "folder");
        environment["FED_Providers__Redis__ConnectionString"] =
            redis.ConnectionString + (password is null ? "" : $",password={password}");

        var (code, error) = await SiloProcessTests.RunAsync(environment, ["--port", "0", .. Arguments("a")]);

        Assert.Equal(ExitCode.DataFolder, code);
        Assert.Contains($"fed silo: Redis at {redis.ConnectionString} refuses us", error, StringComparison.Ordinal);
        Assert.Contains("FED_Providers__Redis__ConnectionString", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Waits", error, StringComparison.Ordinal);
        Assert.DoesNotContain("password=", error, StringComparison.Ordinal);
    }

    [ServersTheory]
    [InlineData("--appendonly", "no")]
    [InlineData("--appendfsync", "everysec")]
    [InlineData("--rename-command", "CONFIG", "")]
    public async Task Silo_OnRedisThatMayForget_WarnsOfIt(params string[] settings)
    {
        await using var redis = await RedisProcess.StartAsync(settings);
        var environment = storage.NewCluster("localhost", "redis", "memory", "folder");
        environment["FED_Providers__Redis__ConnectionString"] = redis.ConnectionString;

        await using var silo = await HostedSilo.StartAsync(environment, Options("first", "folder"));

        Assert.Single(silo.Warnings, line => line.Contains("A power cut can take", StringComparison.Ordinal));
    }

    [ServersFact]
    public async Task Silo_WhoseAccountRefuses_EndsAtOnceWithoutTheKey()
    {
        var key = Convert.ToBase64String(new byte[64]);
        var environment = storage.NewCluster("azure", "azure", "azure", "folder");
        environment["FED_Providers__Azure__ConnectionString"] = storage.Azurite.ConnectionStringWith(key);

        var (code, error) = await SiloProcessTests.RunAsync(environment, ["--port", "0", .. Arguments("a")]);

        Assert.Equal(ExitCode.DataFolder, code);
        Assert.Contains("refuses us", error, StringComparison.Ordinal);
        Assert.DoesNotContain(key, error, StringComparison.Ordinal);
    }

    [ServersFact]
    public async Task Upload_WhileRedisIsAway_Is503AndCountsOnceAfterwards()
    {
        await using var redis = await RedisProcess.StartAsync();
        var environment = storage.NewCluster("redis", "redis", "redis", "folder");
        environment["FED_Providers__Redis__ConnectionString"] = redis.ConnectionString;
        await using var silo = await HostedSilo.StartAsync(environment, Options("first", "folder"));
        var federation = await TestFederation.CreateAsync(silo.Client, TestSilo.Settings());
        using var participant = await federation.EnrolAsync();
        var update = TestParticipant.Update(federation.InitialModel);
        await redis.StopAsync();

        using var refused = await participant.SendAsync(1, update);
        await redis.StartAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        var problem = await refused.Content.ReadFromJsonAsync<JsonNode>();
        Assert.Equal("storageUnavailable", (string?)problem!["code"]);
        using var accepted = await Answers.PatientlyAsync(() => participant.SendAsync(1, update));
        Assert.True(accepted.IsSuccessStatusCode, await accepted.Content.ReadAsStringAsync());
        var status = await silo.Client.GetFromJsonAsync<JsonNode>($"{federation.Url}/status");
        Assert.Equal(1, status!["clusters"]!.AsArray().Sum(tier => (long)tier!["accepted"]!));
    }

    /// <summary>A first silo takes one update and stops.</summary>
    private async Task<TestParticipant> ContributeAsync(Dictionary<string, string> environment, string blobs)
    {
        await using var first = await HostedSilo.StartAsync(environment, Options("first", blobs));
        var federation = await TestFederation.CreateAsync(first.Client, TestSilo.Settings());
        var participant = await federation.EnrolAsync();
        using var sent = await participant.SendAsync(1, TestParticipant.Update(federation.InitialModel));
        Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        await first.StopAsync();
        return participant;
    }

    private SiloOptions Options(string silo, string blobs) => new()
    {
        Port = 0,
        DataFolder = Path.Combine(_folder, silo),
        KeyFolder = Path.Combine(_folder, "keys"),
        BlobFolder = blobs == "folder" ? Path.Combine(_folder, "blobs") : null,
    };

    private string[] Arguments(string silo) =>
    [
        "--data-dir", Path.Combine(_folder, silo), "--keys", Path.Combine(_folder, "keys"),
        "--blobs", Path.Combine(_folder, "blobs"),
    ];
}
