using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Silo.Hosting;
using Microsoft.Extensions.Logging;

namespace Fed.Tests.Client;

/// <summary>A real silo in this process that can be killed and started again on its folder and port.</summary>
internal sealed class ClientSilo : IAsyncDisposable
{
    public const string Federation = "codecs";

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-client-silo-").FullName;
    private SiloHost? _host;

    private ClientSilo()
    {
    }

    /// <summary>Its data folder.</summary>
    public string Folder => _folder;

    public Uri Address { get; private set; } = new("http://unknown");

    public static async Task<ClientSilo> StartAsync(FederationSettings settings)
    {
        var silo = new ClientSilo();
        await silo.StartAgainAsync(0);
        using var client = new FederationClient(silo.Address);
        await client.CreateAsync(settings, CancellationToken.None);
        return silo;
    }

    /// <summary>Participants a and b in h264, c in av1, on the samples of <see cref="TestData"/>.</summary>
    public static FederationSettings Settings(int targetVersions = 3) => new()
    {
        Name = Federation,
        Task = TestData.Task,
        Model = TestData.Model,
        Clusters = ["h264", "av1"],
        Roster = [new RosterEntry("a", "h264"), new RosterEntry("b", "h264"), new RosterEntry("c", "av1")],
        ClusterTier = new TierSettings { Goal = 1 },
        GlobalTier = new TierSettings { Goal = 1 },
        TargetVersions = targetVersions,
        Training = new TrainingPolicy { BatchSize = 4 },
    };

    /// <summary>Ends it; its folder and its port stay.</summary>
    public async Task StopAsync()
    {
        if (_host is { } host)
        {
            _host = null;
            await host.DisposeAsync();
        }
    }

    public IReadOnlyList<string> BlobNames => [.. Directory
        .EnumerateFiles(Path.Combine(_folder, "blobs"), "*", SearchOption.AllDirectories)
        .Select(Path.GetFileName).OfType<string>().Where(name => name.Length == 64).Order(StringComparer.Ordinal)];

    /// <summary>Flips a bit in the middle of a stored blob.</summary>
    public void DamageBlob(string sha256)
    {
        var file = Path.Combine(_folder, "blobs", sha256[..2], sha256);
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    /// <summary>All blobs were committed so long before they were.</summary>
    public void AgeBlobs(TimeSpan by)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, "blobs"), "*", SearchOption.AllDirectories))
            File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file) - by);
    }

    public Task StartAgainAsync() => StartAgainAsync(Address.Port);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAgainAsync(int port)
    {
        var options = new SiloOptions { Port = port, DataFolder = _folder };
        _host = await SiloHost.StartAsync(
            options, TimeProvider.System, CancellationToken.None, logging => logging.ClearProviders());
        Address = _host.Address;
    }
}
