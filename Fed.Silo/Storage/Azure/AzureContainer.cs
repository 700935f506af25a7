using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Fed.Silo.Storage.Azure;

/// <summary>
/// The few operations of a container that the store needs, each of which may be repeated. Any answer that is not
/// foreseen is an <see cref="RemoteStorageException"/>.
/// </summary>
internal sealed class AzureContainer
{
    private static readonly BlobRequestConditions OnlyIfAbsent = new() { IfNoneMatch = ETag.All };

    // The service compares: what arrives is what was sent.
    private static readonly UploadTransferValidationOptions Checked =
        new() { ChecksumAlgorithm = StorageChecksumAlgorithm.MD5 };

    private readonly BlobContainerClient _container;
    private readonly AzureRetries _retries;

    public AzureContainer(AzureBlobOptions options, TimeProvider clock, ILogger logger)
    {
        _container = options.Connection.Open(options.Container);
        _retries = new AzureRetries(options, clock, logger);
    }

    public Task CreateAsync(CancellationToken cancellationToken) => _retries.RunAsync(
        "create container",
        stop => _container.CreateIfNotExistsAsync(cancellationToken: stop),
        cancellationToken);

    /// <summary>A whole blob in one request.</summary>
    /// <returns>False when there is one already and it should not be replaced.</returns>
    public async Task<bool> PutBlobAsync(
        string name, ReadOnlyMemory<byte> bytes, bool replace, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions
        {
            Conditions = replace ? null : OnlyIfAbsent,
            TransferValidation = Checked,
        };
        var answer = await _retries.RunAsync(
            $"put {name}",
            stop => Blob(name).UploadAsync(Content(bytes), options, stop),
            cancellationToken,
            Exists);
        return answer is not null;
    }

    /// <summary>A block of a blob; invisible until a list names it, dropped by the service after a week.</summary>
    public Task PutBlockAsync(
        string name, int index, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var options = new BlockBlobStageBlockOptions { TransferValidation = Checked };
        return _retries.RunAsync(
            $"put block {index} of {name}",
            stop => Blob(name).StageBlockAsync(BlockId(index), Content(bytes), options, stop),
            cancellationToken);
    }

    /// <summary>Makes blocks 0 to <paramref name="count"/> - 1 the blob, in one step.</summary>
    /// <returns>
    /// False when there is a blob and it should not be replaced, or the blocks are no longer there: another commit took
    /// them, or a week went by.
    /// </returns>
    public async Task<bool> PutBlockListAsync(
        string name, int count, bool replace, CancellationToken cancellationToken)
    {
        var options = new CommitBlockListOptions { Conditions = replace ? null : OnlyIfAbsent };
        var answer = await _retries.RunAsync(
            $"put the blocks of {name}",
            stop => Blob(name).CommitBlockListAsync(Enumerable.Range(0, count).Select(BlockId), options, stop),
            cancellationToken,
            error => Exists(error) || error.ErrorCode == BlobErrorCode.InvalidBlockList);
        return answer is not null;
    }

    /// <summary>Up to <paramref name="count"/> bytes from <paramref name="offset"/>, which the blob has.</summary>
    /// <returns>The bytes and the length of the whole blob; null when there is no such blob.</returns>
    public async Task<(BinaryData Bytes, long Length)?> GetRangeAsync(
        string name, long offset, int count, CancellationToken cancellationToken)
    {
        var empty = false;
        var options = new BlobDownloadOptions { Range = new HttpRange(offset, count) };
        var answer = await _retries.RunAsync(
            $"get {name}",
            stop => Blob(name).DownloadContentAsync(options, stop),
            cancellationToken,
            // An empty blob has no first byte.
            error => (empty = error.ErrorCode == BlobErrorCode.InvalidRange && offset == 0) || Absent(error));
        if (answer is null)
            return empty ? (BinaryData.Empty, 0) : null;
        var (bytes, details) = (answer.Value.Content, answer.Value.Details);
        var whole = details.ContentRange is { } range ? ContentRangeHeaderValue.Parse(range).Length : null;
        return (bytes, whole ?? bytes.ToMemory().Length);
    }

    /// <returns>Null when there is no such blob.</returns>
    public async Task<long?> GetLengthAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await _retries.RunAsync(
            $"look at {name}",
            stop => Blob(name).GetPropertiesAsync(cancellationToken: stop),
            cancellationToken,
            Absent);
        return answer?.Value.ContentLength;
    }

    /// <summary>Makes a blob's modification time now (Set Blob Metadata, with none).</summary>
    /// <returns>False when there is no such blob.</returns>
    public async Task<bool> TouchAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await _retries.RunAsync(
            $"touch {name}",
            stop => Blob(name).SetMetadataAsync(new Dictionary<string, string>(), cancellationToken: stop),
            cancellationToken,
            Absent);
        return answer is not null;
    }

    /// <summary>Harmless when there is no such blob.</summary>
    /// <param name="modifiedBefore">To the second, on the safe side; null: whenever it was.</param>
    /// <returns>False when it was modified then or later.</returns>
    public async Task<bool> DeleteAsync(
        string name, DateTimeOffset? modifiedBefore, CancellationToken cancellationToken)
    {
        // The condition lets the second that it names pass, and times of modification are cut to the second.
        var conditions = modifiedBefore is { } time
            ? new BlobRequestConditions { IfUnmodifiedSince = time.AddSeconds(-1) }
            : null;
        var answer = await _retries.RunAsync(
            $"delete {name}",
            stop => Blob(name).DeleteIfExistsAsync(conditions: conditions, cancellationToken: stop),
            cancellationToken,
            error => error.Status == StatusCodes.Status412PreconditionFailed);
        return answer is not null;
    }

    /// <summary>Every committed blob, a page at a time.</summary>
    public async IAsyncEnumerable<BlobItem> ListAsync(
        int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var from = next;
            var page = await _retries.RunAsync(
                "list", stop => PageAsync(from, pageSize, stop), cancellationToken);
            foreach (var item in page!.Values)
                yield return item;
            next = page.ContinuationToken;
        }
        while (!string.IsNullOrEmpty(next));
    }

    private async Task<Page<BlobItem>> PageAsync(string? from, int size, CancellationToken cancellationToken) =>
        await _container.GetBlobsAsync(cancellationToken: cancellationToken).AsPages(from, size)
            .FirstAsync(cancellationToken);

    private BlockBlobClient Blob(string name) => _container.GetBlockBlobClient(name);

    private static Stream Content(ReadOnlyMemory<byte> bytes) => BinaryData.FromBytes(bytes).ToStream();

    /// <summary>All of one length, as the service demands; the same for the same part of the same content.</summary>
    private static string BlockId(int index)
    {
        Span<byte> id = stackalloc byte[6];
        BinaryPrimitives.WriteInt32BigEndian(id[2..], index);
        return Convert.ToBase64String(id);
    }

    private static bool Exists(RequestFailedException error) =>
        error.Status == StatusCodes.Status412PreconditionFailed || error.ErrorCode == BlobErrorCode.BlobAlreadyExists;

    private static bool Absent(RequestFailedException error) => error.ErrorCode == BlobErrorCode.BlobNotFound
        // A HEAD has no body, and so no code in some services.
        || error is { Status: StatusCodes.Status404NotFound, ErrorCode: null or "" };
}
