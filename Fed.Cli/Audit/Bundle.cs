using System.Formats.Tar;
using System.Text.Json;
using Fed.Contracts;

namespace Fed.Cli.Audit;

/// <summary>
/// A federation's history in one file, which verifies without its server: a tar archive of <c>head.json</c>
/// (<see cref="AuditHead"/>) and <c>blobs/SHA256</c>.
/// </summary>
internal sealed class Bundle : IAuditSource
{
    private const string HeadName = "head.json";
    private const string BlobFolder = "blobs/";

    /// <summary>More is no head.</summary>
    private const long MostHeadBytes = 1L << 30;

    private readonly FileStream _file;
    private readonly Dictionary<string, TarEntry> _entries = new(StringComparer.Ordinal);

    /// <exception cref="InvalidDataException">It is no bundle.</exception>
    public Bundle(string path)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            // Over a file that can be sought, entries can be read later, in any order; nothing is unpacked by its name.
            var reader = new TarReader(_file, leaveOpen: true);
            while (reader.GetNextEntry() is { } entry)
                _entries[entry.Name] = entry;
            if (!_entries.ContainsKey(HeadName))
                throw new InvalidDataException($"it has no {HeadName}");
        }
        catch (Exception wrong) when (wrong is InvalidDataException or EndOfStreamException)
        {
            _file.Dispose();
            throw new InvalidDataException($"{path} is no whole bundle of fed audit export: {wrong.Message}", wrong);
        }
    }

    /// <summary>Writes the head and every blob that a full audit reads.</summary>
    /// <returns>How many blobs.</returns>
    public static async Task<int> WriteAsync(
        string path, AuditHead head, AuditBlobs blobs, CancellationToken cancellationToken)
    {
        await using var tar = new TarWriter(File.Create(path), TarEntryFormat.Pax);
        await using (var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(head, FedJson.Indented)))
        {
            await tar.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.RegularFile, HeadName) { DataStream = json }, cancellationToken);
        }

        foreach (var sha256 in blobs.Copied.Order(StringComparer.Ordinal))
            await tar.WriteEntryAsync(blobs.PathOf(sha256), BlobFolder + sha256, cancellationToken);
        return blobs.Copied.Count;
    }

    public async Task<AuditHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var entry = _entries[HeadName];
        if (entry.DataStream is not { } json || entry.Length > MostHeadBytes)
            throw new InvalidDataException($"{HeadName} of the bundle is empty, or larger than {MostHeadBytes} bytes");
        json.Position = 0;
        try
        {
            var head = await JsonSerializer.DeserializeAsync<AuditHead>(json, FedJson.Options, cancellationToken);
            return head?.Format == AuditHead.CurrentFormat
                ? head
                : throw new InvalidDataException(
                    $"the bundle has format {head?.Format}; this release reads {AuditHead.CurrentFormat}");
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"{HeadName} of the bundle cannot be read: {wrong.Message}", wrong);
        }
    }

    public async Task CopyAsync(string sha256, Stream destination, CancellationToken cancellationToken)
    {
        if (!_entries.TryGetValue(BlobFolder + sha256, out var entry) || entry.DataStream is not { } bytes)
            throw new InvalidDataException($"blob {sha256} is missing");
        bytes.Position = 0;
        await bytes.CopyToAsync(destination, cancellationToken);
    }

    public void Dispose() => _file.Dispose();
}
