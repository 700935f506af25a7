using System.Text.RegularExpressions;

namespace Fed.Silo.Storage.Azure;

/// <summary>Which container holds the blobs, and how patient to be with it.</summary>
public sealed partial record AzureBlobOptions
{
    public const string DefaultContainer = "fedhier";

    // Azure's bound on the blocks of one blob.
    private const int MostBlocks = 50_000;

    public required AzureConnection Connection { get; init; }

    /// <summary>Created when absent. 3 to 63 lower-case letters, digits and single hyphens between them.</summary>
    public string Container { get; init; } = DefaultContainer;

    /// <summary>Folder of copies on this machine, owned by one process; created when absent.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>The copies that are kept, in bytes: 1 MiB to 1 PiB. The blobs of one fold should fit.</summary>
    public long CacheBytes { get; init; } = 16L << 30;

    /// <summary>Largest blob in bytes, 1 KiB to 1 TiB.</summary>
    public long MaxBlobBytes { get; init; } = 16L << 30;

    /// <summary>Blobs beyond this go up in blocks of it: 64 KiB to 64 MiB. Reads ask for as much at a time.</summary>
    public int BlockBytes { get; init; } = 4 << 20;

    /// <summary>Blobs of one page of a listing, 1 to 5000.</summary>
    public int PageSize { get; init; } = 1000;

    /// <summary>How long a request is tried again while the storage is away, 100 ms to 10 min.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one try may take, to the last byte of its answer, 100 ms to 10 min.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="ArgumentException">A property is outside its range; the message names the remedy.</exception>
    public void Validate()
    {
        if (Container.Length is < 3 or > 63 || !ContainerName().IsMatch(Container))
        {
            throw new ArgumentException(
                $"blobs.container (FED_BLOBS_CONTAINER) is '{Container}'; it must be 3 to 63 lower-case letters, "
                + "digits and single hyphens between them");
        }

        if (string.IsNullOrWhiteSpace(CacheFolder))
            throw new ArgumentException("blobs.cacheFolder is empty; give the folder that copies are kept in");
        Require("cacheBytes", CacheBytes, 1 << 20, 1L << 50);
        Require("maxBlobBytes", MaxBlobBytes, 1 << 10, 1L << 40);
        Require("blockBytes", BlockBytes, 64 << 10, 64 << 20);
        Require("pageSize", PageSize, 1, 5000);
        Require("retryFor", RetryFor, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        Require("requestTimeout", RequestTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
    }

    /// <summary>The bytes of each block but the last of a blob of this length.</summary>
    internal int BlockBytesOf(long length) => (int)Math.Max(BlockBytes, (length + MostBlocks - 1) / MostBlocks);

    private static void Require<T>(string name, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            throw new ArgumentException($"blobs.{name} is {value}; it must be {least} to {most}");
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex ContainerName();
}
