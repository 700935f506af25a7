using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Fed.Cli.Children;
using Fed.Client;
using Fed.Tests.Silo.Sqlite;

namespace Fed.Tests.Deploy;

/// <summary>
/// A real registry of images (Debian's docker-registry) on a loopback port, with an image in it for others to stand on.
/// The kernel ends it when the process of the tests ends.
/// </summary>
internal sealed class ImageRegistry : IAsyncDisposable
{
    public const string Program = "docker-registry";

    private const string Oci = "application/vnd.oci.image.";

    private const string Listening = "listening on ";

    private readonly TemporaryFolder _folder = new();
    private readonly LaunchThread _launcher = new();
    private ChildProcess _process = null!;

    /// <summary><c>127.0.0.1:PORT</c></summary>
    public string Address { get; private set; } = "";

    /// <summary>An image of one layer with one file.</summary>
    public string BaseImage => $"{Address}/base:1";

    public static async Task<ImageRegistry> StartAsync()
    {
        var registry = new ImageRegistry();
        try
        {
            await registry.LaunchAsync();
            await registry.PushBaseAsync();
            return registry;
        }
        catch
        {
            await registry.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _launcher.Dispose();
        _folder.Dispose();
    }

    private async Task LaunchAsync()
    {
        await File.WriteAllTextAsync(
            _folder.File("registry.yml"),
            $$"""
            version: 0.1
            storage:
              filesystem:
                rootdirectory: {{_folder.File("images")}}
            http: {addr: "127.0.0.1:0"}
            """);
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = await _launcher.RunAsync(() => ChildProcess.Start(
            Programs.Bound(new ProcessStartInfo(Program, ["serve", _folder.File("registry.yml")])),
            static _ => { },
            onError: line =>
            {
                if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
                    address.TrySetResult(line[(at + Listening.Length)..].Split('"', ' ')[0]);
            }));
        await Task.WhenAny(address.Task, _process.Ended);
        Address = address.Task.IsCompletedSuccessfully
            ? await address.Task
            : throw new InvalidOperationException($"the registry ended before it was ready: {_process.Errors}");
    }

    /// <summary>By the protocol of registries: each blob, then the manifest that names them.</summary>
    private async Task PushBaseAsync()
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            using var text = new MemoryStream("base\n"u8.ToArray());
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "base") { DataStream = text });
        }

        using var zipped = new MemoryStream();
        await using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(tar.ToArray());
        var layer = zipped.ToArray();
        var config = Encoding.UTF8.GetBytes(
            $$"""
            {"architecture": "amd64", "os": "linux", "config": {},
             "rootfs": {"type": "layers", "diff_ids": ["{{Digest(tar.ToArray())}}"] } }
            """);
        var manifest = Encoding.UTF8.GetBytes(
            $$"""
            {"schemaVersion": 2, "mediaType": "{{Oci}}manifest.v1+json",
             "config": {{Describe("config.v1+json", config)}},
             "layers": [{{Describe("layer.v1.tar+gzip", layer)}}]}
            """);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{Address}/v2/base/") };
        await PushAsync(client, layer);
        await PushAsync(client, config);
        using var content = new ByteArrayContent(manifest);
        content.Headers.ContentType = new MediaTypeHeaderValue($"{Oci}manifest.v1+json");
        using var put = await client.PutAsync("manifests/1", content);
        put.EnsureSuccessStatusCode();
    }

    private static async Task PushAsync(HttpClient client, byte[] blob)
    {
        using var begun = await client.PostAsync("blobs/uploads/", null);
        begun.EnsureSuccessStatusCode();
        var location = new UriBuilder(new Uri(client.BaseAddress!, begun.Headers.Location!));
        location.Query += $"&digest={Uri.EscapeDataString(Digest(blob))}";
        using var content = new ByteArrayContent(blob);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var put = await client.PutAsync(location.Uri, content);
        put.EnsureSuccessStatusCode();
    }

    private static string Describe(string type, byte[] blob) =>
        $$"""{"mediaType": "{{Oci}}{{type}}", "digest": "{{Digest(blob)}}", "size": {{blob.Length}} }""";

    private static string Digest(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
}
