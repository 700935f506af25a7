using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Fed.Silo.Hosting;
using Microsoft.Extensions.Logging;

namespace Fed.Tests.Silo;

/// <summary>
/// A real silo in this process: Kestrel on a free loopback port, the real actors, a folder of its own.
/// </summary>
internal sealed class TestSilo : IAsyncDisposable
{
    public const string Federation = "codecs";

    private readonly bool _ownsFolder;

    private TestSilo(SiloHost host, SiloOptions options, bool ownsFolder)
    {
        Host = host;
        Options = options;
        _ownsFolder = ownsFolder;
        Client = new HttpClient { BaseAddress = host.Address };
    }

    public SiloHost Host { get; }

    public SiloOptions Options { get; }

    public HttpClient Client { get; }

    /// <param name="folder">Null: a temporary one, removed with the silo.</param>
    public static async Task<TestSilo> StartAsync(string? folder = null, Func<SiloOptions, SiloOptions>? change = null)
    {
        var options = new SiloOptions
        {
            Port = 0,
            DataFolder = folder ?? Directory.CreateTempSubdirectory("fed-silo-test-").FullName,
            InMemory = folder is null,
            Timeouts = new SiloTimeouts { StatusRefresh = TimeSpan.FromMilliseconds(50) },
        };
        options = change?.Invoke(options) ?? options;
        var host = await SiloHost.StartAsync(
            options, TimeProvider.System, CancellationToken.None, logging => logging.ClearProviders());
        return new TestSilo(host, options, ownsFolder: folder is null);
    }

    /// <summary>Two clusters; a fold at every contribution; participants a and b in h264, c in av1.</summary>
    public static JsonObject Settings(string name = Federation) => new()
    {
        ["name"] = name,
        ["task"] = "media-qc",
        ["model"] = JsonNode.Parse(TestModel.Json),
        ["clusters"] = new JsonArray("h264", "av1"),
        ["roster"] = new JsonArray(Entry("a", "h264"), Entry("b", "h264"), Entry("c", "av1")),
        ["clusterTier"] = new JsonObject { ["goal"] = 1 },
        ["globalTier"] = new JsonObject { ["goal"] = 2 },
        ["arithmetic"] = new JsonObject { ["bound"] = 4, ["fractionalBits"] = 20 },
        ["evaluateEvery"] = 0,
    };

    public Task<HttpResponseMessage> PutSettingsAsync(JsonNode settings, string name) =>
        Client.PutAsync($"/v1/federations/{name}", Json(settings.ToJsonString()));

    public async Task<string[]> ListAsync() => (await Client.GetFromJsonAsync<string[]>("/v1/federations"))!;

    /// <summary>Every file in the blob store, temporary ones included, locks not.</summary>
    public string[] BlobFiles() => Directory.GetFiles(Options.Blobs.Root, "*", SearchOption.AllDirectories)
        .Where(path => !path.EndsWith(".lock", StringComparison.Ordinal))
        .Select(path => Path.GetRelativePath(Options.Blobs.Root, path))
        .Order(StringComparer.Ordinal)
        .ToArray();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        if (_ownsFolder)
            Directory.Delete(Options.DataFolder, recursive: true);
    }

    public static StringContent Json(string text) =>
        new(text, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    private static JsonObject Entry(string name, string cluster) => new() { ["name"] = name, ["cluster"] = cluster };
}
