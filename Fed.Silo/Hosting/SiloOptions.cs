using System.Net;
using Fed.Grains.Folding;
using Fed.Silo.Gateway;
using Fed.Silo.Storage;
using Fed.Silo.Storage.Azure;
using Fed.Silo.Telemetry;

namespace Fed.Silo.Hosting;

/// <summary>Everything that one silo process is started with.</summary>
public sealed record SiloOptions
{
    public const int DefaultPort = 8080;

    public const string DefaultDataFolder = ".fed/silo";

    /// <summary>0 takes a free port.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>
    /// The address to listen on; loopback unless said otherwise, since the protocol has no TLS of its own.
    /// </summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>The actors' state, blobs and keys, unless they are elsewhere; one silo's.</summary>
    public string DataFolder { get; init; } = DefaultDataFolder;

    /// <summary>
    /// Null: of the data folder. The silos of a cluster share it, unless blobs are in a storage account.
    /// </summary>
    public string? BlobFolder { get; init; }

    /// <summary>Of the federations' private keys. Null: of the data folder. The silos of a cluster share it.</summary>
    public string? KeyFolder { get; init; }

    /// <summary>Actor state in memory only: it is gone when the process ends, blobs are not.</summary>
    public bool InMemory { get; init; }

    /// <summary>Files of federations to create at start, unless they exist.</summary>
    public IReadOnlyList<string> FederationFiles { get; init; } = [];

    /// <summary>
    /// Slower bodies are cut off after <see cref="SiloTimeouts.BodyGrace"/>; 0 accepts any. 0 to 1 GiB/s.
    /// </summary>
    public int MinBodyBytesPerSecond { get; init; } = 1024;

    /// <summary>Open connections at a time, 10 to 1,000,000.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Largest JSON body in bytes, 1 KiB to 64 MiB; federations' settings are the largest.</summary>
    public int MaxJsonBytes { get; init; } = 16 << 20;

    /// <summary>Largest stored blob in bytes.</summary>
    public long MaxBlobBytes { get; init; } = 16L << 30;

    /// <summary>Null: blobs are files; else they are in this storage account.</summary>
    public AzureConnection? BlobConnection { get; init; }

    /// <summary>The account's container of blobs.</summary>
    public string BlobContainer { get; init; } = AzureBlobOptions.DefaultContainer;

    /// <summary>Copies of an account's blobs that are kept in the data folder, in bytes, 1 MiB to 1 PiB.</summary>
    public long BlobCacheBytes { get; init; } = 16L << 30;

    /// <summary>Grains that share the blocks of a fold, 1 to 64; 1: the fold's own threads.</summary>
    public int FoldWorkers { get; init; } = 1;

    /// <summary>
    /// Versions of each tier that are kept, the newest; every hour the others are given up. 0 keeps all; to 1,000,000.
    /// </summary>
    public int KeepVersions { get; init; }

    /// <summary>
    /// Serves, to its own machine, an endpoint that reads bodies and discards them; for benchmarks only.
    /// </summary>
    public bool DiscardEndpoint { get; init; }

    /// <summary>Serves Orleans' dashboard, to its own machine.</summary>
    public bool Dashboard { get; init; }

    /// <summary>How often participants may ask; the configuration's section Throttling goes before it.</summary>
    public ThrottlingOptions Throttling { get; init; } = new();

    /// <summary>What it tells of itself; the configuration's section Telemetry goes before it.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    public SiloTimeouts Timeouts { get; init; } = new();

    public FileBlobOptions Blobs => new()
    {
        Root = BlobFolder ?? Path.Combine(DataFolder, "blobs"),
        MaxBlobBytes = MaxBlobBytes,
    };

    /// <summary>Null unless blobs are in a storage account.</summary>
    public AzureBlobOptions? AzureBlobs => BlobConnection is null ? null : new()
    {
        Connection = BlobConnection,
        Container = BlobContainer,
        CacheFolder = Path.Combine(DataFolder, "blob-cache"),
        CacheBytes = BlobCacheBytes,
        MaxBlobBytes = MaxBlobBytes,
        RetryFor = Timeouts.StorageRetry,
        RequestTimeout = Timeouts.StorageRequest,
    };

    public FoldOptions Fold => new(FoldWorkers);

    public string Keys => KeyFolder ?? Path.Combine(DataFolder, "keys");

    public string GrainFile => Path.Combine(DataFolder, "grains.sqlite");

    /// <exception cref="ArgumentException">A property is outside its range; the message names the remedy.</exception>
    public void Validate()
    {
        Require("port", Port, IPEndPoint.MinPort, IPEndPoint.MaxPort);
        Require("minBodyBytesPerSecond", MinBodyBytesPerSecond, 0, 1 << 30);
        Require("maxConnections", MaxConnections, 10, 1_000_000);
        Require("keepVersions", KeepVersions, 0, 1_000_000);
        Require("maxJsonBytes", MaxJsonBytes, 1 << 10, 64 << 20);
        if (string.IsNullOrWhiteSpace(DataFolder))
            throw new ArgumentException("dataFolder is empty; give a folder with --data-dir");
        if (KeyFolder is not null && string.IsNullOrWhiteSpace(KeyFolder))
            throw new ArgumentException("keyFolder is empty; give a folder with --keys, or leave it out");
        if (BlobFolder is not null && BlobConnection is not null)
        {
            throw new ArgumentException(
                $"blobFolder is '{BlobFolder}', and a storage account is given for blobs too; leave out --blobs or "
                + "FED_BLOBS");
        }

        Timeouts.Validate();
        Blobs.Validate();
        AzureBlobs?.Validate();
        Fold.Validate();
    }

    private static void Require(string name, int value, int least, int most)
    {
        if (value < least || value > most)
            throw new ArgumentException($"{name} is {value}; it must be {least} to {most}");
    }
}
