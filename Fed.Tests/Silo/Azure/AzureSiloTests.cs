using System.Net;
using System.Net.Http.Json;
using Fed.Client;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Tests.Silo.Blobs;

namespace Fed.Tests.Silo.Azure;

/// <summary>Whole silos whose blobs are in Azurite.</summary>
[Collection(AzuriteTests.Name)]
public sealed class AzureSiloTests(SharedAzurite azurite) : IDisposable
{
    private readonly string _container = SharedAzurite.NewContainer();
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-silo-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [AzuriteFact]
    public async Task Silo_WithUpdates_PublishesAVersionFromTheContainer()
    {
        await using var silo = await TestSilo.StartAsync(change: options => options with
        {
            BlobConnection = azurite.Process.Connection,
            BlobContainer = _container,
        });
        var settings = TestSilo.Settings();
        settings["clusterTier"]!["goal"] = 2;
        var federation = await TestFederation.CreateAsync(silo, settings);
        using var first = await federation.EnrolAsync("a");
        using var second = await federation.EnrolAsync("b");
        var updates = new[] { 0.25f, 0.5f }.Select(value => TestParticipant.Update(federation.InitialModel, value));
        foreach (var (sender, update) in new[] { first, second }.Zip(updates))
            Assert.Equal(HttpStatusCode.Created, (await sender.SendAsync(1, update)).StatusCode);

        using var answer = await silo.Client.GetAsync($"{first.Path}/task?wait=25");

        var task = await answer.Content.ReadFromJsonAsync<ParticipantTask>(FedJson.Options);
        Assert.Equal(1, task!.Version);
        Assert.NotEqual(federation.InitialModel, task.ModelSha256);
        using var other = await AzureTestStore.OpenAsync(
            AzureTestStore.Options(azurite.Process.Connection, _container));
        using var model = await other.Store.OpenAsync(task.ModelSha256!, CancellationToken.None);
        var served = await silo.Client.GetByteArrayAsync($"{federation.Url}/models/{task.ModelSha256}");
        Assert.Equal(served, BlobStoreContract.ReadAll(model!));
        Assert.False(Directory.Exists(silo.Options.Blobs.Root));
    }

    [AzuriteFact]
    public async Task Process_WithTheEnvironmentSet_KeepsItsBlobsThere()
    {
        var file = Path.Combine(_folder, "federation.json");
        await File.WriteAllTextAsync(file, TestSilo.Settings().ToJsonString());
        using var process = SiloProcessTests.Start(
            Environment(azurite.Process.ConnectionString), "--memory", "--port", "0", "--federation", file);
        var ready = (await process.StandardOutput.ReadLineAsync())!;
        Assert.StartsWith("ready ", ready, StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = new Uri(ready["ready ".Length..]) };

        var federation = await client.GetFromJsonAsync<FederationDescription>(
            $"/v1/federations/{TestSilo.Federation}", FedJson.Options);

        using var other = await AzureTestStore.OpenAsync(
            AzureTestStore.Options(azurite.Process.Connection, _container));
        Assert.Contains(federation!.InitialModel, await BlobStoreContract.NamesAsync(other.Store));
        SiloProcessTests.Stop(process);
        await process.WaitForExitAsync();
        Assert.Equal(ExitCode.Success, process.ExitCode);
    }

    [AzuriteFact]
    public async Task Process_WithAWrongKey_EndsAndSaysSoWithoutTheKey()
    {
        var key = Convert.ToBase64String(BlobStoreContract.Bytes(64, seed: 99));

        var (code, error) = await SiloProcessTests.RunAsync(
            Environment(azurite.Process.ConnectionStringWith(key)), "--memory", "--port", "0");

        Assert.Equal(ExitCode.DataFolder, code);
        Assert.Contains("FED_BLOBS", error, StringComparison.Ordinal);
        Assert.DoesNotContain(key, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_WithAConnectionStringThatIsNone_NamesThePart()
    {
        var (code, error) = await SiloProcessTests.RunAsync(Environment("AccountName=media"), "--memory");

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("FED_BLOBS) is wrong", error, StringComparison.Ordinal);
    }

    private Dictionary<string, string> Environment(string connection) => new()
    {
        ["FED_BLOBS"] = connection,
        ["FED_BLOBS_CONTAINER"] = _container,
    };
}
