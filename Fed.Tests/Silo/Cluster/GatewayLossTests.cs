using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Silo.Hosting;
using Fed.Tests.Client;
using Fed.Tests.Silo.Clients;
using Microsoft.Extensions.Configuration;

namespace Fed.Tests.Silo.Cluster;

/// <summary>An Orleans client that knows the gateways of two silos, of which one is killed in the middle.</summary>
public sealed class GatewayLossTests(ClusterStorage storage) : IClassFixture<ClusterStorage>, IDisposable
{
    private const string Participant = "a";

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-gateway-loss-").FullName;
    private readonly int[] _ports = [FreePort(), FreePort()];
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private Dictionary<string, string> _environment = [];

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [ServersFact]
    public async Task Upload_WhoseSiloIsKilled_GoesOnByTheOtherAndCountsOnce()
    {
        _environment = storage.NewCluster("redis", "redis", "redis", "folder");
        await using var first = await StartAsync(0);
        var settings = await CreateAsync(first);
        var sent = 0L;
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var lost = new ManualResetEventSlim();
        using var client = Connect(bytes =>
        {
            // The sender holds its second chunk back until the silo that has the first one is gone.
            if (Interlocked.Add(ref sent, bytes.Length) <= Chunks.Bytes)
                return;
            half.TrySetResult();
            lost.Wait();
        });
        var update = await PrepareAsync(client, settings);

        var sending = Task.Run(() => SendAsync(client, settings, update));
        await Task.WhenAny(half.Task, sending);
        Assert.False(sending.IsCompleted);
        await using var second = await StartAsync(1);
        await first.KillAsync();
        lost.Set();
        var receipt = await sending;

        Assert.Equal((1, update.Sha256), (receipt.Sequence, receipt.Sha256));
        Assert.Equal(receipt, await SendAsync(client, settings, update));
        var status = await second.Client.GetFromJsonAsync<JsonNode>($"/v1/federations/{settings.Name}/status");
        Assert.Equal(1, status!["clusters"]!.AsArray().Sum(tier => (long)tier!["accepted"]!));
        Assert.True(sent > new FileInfo(update.File).Length);
    }

    private static int FreePort() => OrleansPorts.Choose(new ConfigurationBuilder().Build()).Silo;

    private static async Task<FederationSettings> CreateAsync(SiloNode silo)
    {
        var settings = RawClient.SixChunks(ClientSilo.Settings() with { Name = "six" });
        using var http = new FederationClient(silo.Client.BaseAddress!);
        await http.CreateAsync(settings, CancellationToken.None);
        return settings;
    }

    /// <summary>Sends as an agent does: the same again until it is acknowledged.</summary>
    private static async Task<Receipt> SendAsync(
        OrleansFederationClient client, FederationSettings settings, SignedUpdate update) =>
        (await PatientlyAsync(
            () => client.SendUpdateAsync(settings.Name, Participant, update, CancellationToken.None))).Receipt;

    private static Task<T> PatientlyAsync<T>(Func<Task<T>> call) =>
        new RetryPolicy(TimeProvider.System, new Random(1))
            .RunAsync(call, static (_, _) => { }, CancellationToken.None);

    private async Task<SignedUpdate> PrepareAsync(OrleansFederationClient client, FederationSettings settings)
    {
        await PatientlyAsync(() => client.EnrolAsync(
            settings.Name,
            Participant,
            new EnrolmentRequest("h264", TestData.Task, Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo())),
            CancellationToken.None));
        var task = await client.NextTaskAsync(settings.Name, Participant, CancellationToken.None);
        var bytes = RawClient.Update(settings, task!.ModelSha256);
        var file = Path.Combine(_folder, "update");
        await File.WriteAllBytesAsync(file, bytes);
        return SignedUpdate.Sign(
            _key, settings.Name, Participant, 1, file, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private OrleansFederationClient Connect(Action<ReadOnlyMemory<byte>> onSend) => new(
        new OrleansGateways([.. _ports.Select(port => new DnsEndPoint("127.0.0.1", port))])
        {
            Service = _environment["FED_Orleans__ServiceId"],
            Cluster = _environment["FED_Orleans__ClusterId"],
        },
        Participant,
        _key,
        timeouts: new ClientTimeouts { Patience = TimeSpan.FromSeconds(10) },
        onSend: onSend);

    private Task<SiloNode> StartAsync(int index) => SiloNode.StartAsync(
        new(_environment)
        {
            [OrleansPorts.Variable(OrleansPorts.GatewayKey)] = _ports[index].ToString(CultureInfo.InvariantCulture),
        },
        "--data-dir", Path.Combine(_folder, $"{index}"),
        "--blobs", Path.Combine(_folder, "blobs"),
        "--keys", Path.Combine(_folder, "keys"));
}
