using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Fed.Silo.Storage.Azure;

/// <summary>
/// The few operations of Azure's Blob service that the store needs (learn.microsoft.com, "Blob service REST API"), each
/// of which may be repeated. Any answer that is not foreseen is an <see cref="AzureUnavailableException"/>.
/// </summary>
internal sealed class AzureBlobClient(AzureTransport transport, string container)
{
    private static readonly (string, string) OnlyIfAbsent = ("If-None-Match", "*");

    public async Task CreateContainerAsync(CancellationToken cancellationToken)
    {
        var request = new AzureRequest(HttpMethod.Put, container, "restype=container");
        var answer = await transport.SendAsync(request, cancellationToken);
        if (answer is not ({ Status: HttpStatusCode.Created } or { ErrorCode: "ContainerAlreadyExists" }))
            throw Unexpected(request, answer);
    }

    /// <summary>A whole blob in one request.</summary>
    /// <returns>False when there is one already and it should not be replaced.</returns>
    public async Task<bool> PutBlobAsync(
        string name, ReadOnlyMemory<byte> bytes, bool replace, CancellationToken cancellationToken)
    {
        var request = Write(name, "", bytes) with
        {
            ContentType = "application/octet-stream",
            Headers = [("x-ms-blob-type", "BlockBlob"), .. Condition(replace)],
        };
        var answer = await transport.SendAsync(request, cancellationToken);
        return answer.Status == HttpStatusCode.Created || (Exists(answer) ? false : throw Unexpected(request, answer));
    }

    /// <summary>A block of a blob; invisible until a list names it, dropped by the service after a week.</summary>
    public async Task PutBlockAsync(
        string name, int index, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var request = Write(name, $"comp=block&blockid={Uri.EscapeDataString(BlockId(index))}", bytes);
        await RequireAsync(request, HttpStatusCode.Created, cancellationToken);
    }

    /// <summary>Makes blocks 0 to <paramref name="count"/> - 1 the blob, in one step.</summary>
    public async Task<BlockListResult> PutBlockListAsync(
        string name, int count, bool replace, CancellationToken cancellationToken)
    {
        var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
        for (var index = 0; index < count; index++)
            xml.Append("<Uncommitted>").Append(BlockId(index)).Append("</Uncommitted>");
        xml.Append("</BlockList>");
        var request = Write(name, "comp=blocklist", Encoding.UTF8.GetBytes(xml.ToString())) with
        {
            ContentType = "application/xml",
            Headers = [("x-ms-blob-content-type", "application/octet-stream"), .. Condition(replace)],
        };
        var answer = await transport.SendAsync(request, cancellationToken);
        return answer switch
        {
            { Status: HttpStatusCode.Created } => BlockListResult.Created,
            { ErrorCode: "InvalidBlockList" } => BlockListResult.BlocksMissing,
            _ when Exists(answer) => BlockListResult.Exists,
            _ => throw Unexpected(request, answer),
        };
    }

    /// <summary>Up to <paramref name="count"/> bytes from <paramref name="offset"/>, which the blob has.</summary>
    /// <returns>The bytes and the length of the whole blob; null when there is no such blob.</returns>
    public async Task<(byte[] Bytes, long Length)?> GetRangeAsync(
        string name, long offset, int count, CancellationToken cancellationToken)
    {
        var request = new AzureRequest(HttpMethod.Get, Path(name))
        {
            Headers = [("x-ms-range", $"bytes={offset}-{offset + count - 1}")],
        };
        var answer = await transport.SendAsync(request, cancellationToken);
        return answer switch
        {
            { Status: HttpStatusCode.PartialContent, BlobLength: { } length } => (answer.Body, length),
            { Status: HttpStatusCode.OK } => (answer.Body, answer.Body.Length),
            // An empty blob has no first byte.
            { Status: HttpStatusCode.RequestedRangeNotSatisfiable } when offset == 0 => ([], 0),
            { ErrorCode: "BlobNotFound" } => null,
            _ => throw Unexpected(request, answer),
        };
    }

    /// <returns>Null when there is no such blob.</returns>
    public async Task<long?> GetLengthAsync(string name, CancellationToken cancellationToken)
    {
        var request = new AzureRequest(HttpMethod.Head, Path(name));
        var answer = await transport.SendAsync(request, cancellationToken);
        return answer switch
        {
            { Status: HttpStatusCode.OK, Length: { } length } => length,
            { ErrorCode: "BlobNotFound" } => null,
            _ => throw Unexpected(request, answer),
        };
    }

    /// <summary>Makes a blob's modification time now (Set Blob Metadata, with none).</summary>
    /// <returns>False when there is no such blob.</returns>
    public async Task<bool> TouchAsync(string name, CancellationToken cancellationToken)
    {
        var request = Write(name, "comp=metadata", default);
        var answer = await transport.SendAsync(request, cancellationToken);
        return answer.Status == HttpStatusCode.OK || (Absent(answer) ? false : throw Unexpected(request, answer));
    }

    /// <summary>Harmless when there is no such blob.</summary>
    /// <param name="modifiedBefore">To the second, on the safe side; null: whenever it was.</param>
    /// <returns>False when it was modified then or later.</returns>
    public async Task<bool> DeleteAsync(
        string name, DateTimeOffset? modifiedBefore, CancellationToken cancellationToken)
    {
        // The condition lets the second that it names pass, and times of modification are cut to the second.
        var request = new AzureRequest(HttpMethod.Delete, Path(name))
        {
            Headers = modifiedBefore is { } time
                ? [("If-Unmodified-Since", time.AddSeconds(-1).ToUniversalTime().ToString("R"))]
                : [],
        };
        var answer = await transport.SendAsync(request, cancellationToken);
        return answer.Status switch
        {
            HttpStatusCode.Accepted => true,
            HttpStatusCode.PreconditionFailed => false,
            _ => Absent(answer) ? true : throw Unexpected(request, answer),
        };
    }

    /// <summary>Every committed blob, a page at a time.</summary>
    public async IAsyncEnumerable<AzureListing.Item> ListAsync(
        int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var marker = "";
        do
        {
            var query = $"restype=container&comp=list&maxresults={pageSize}";
            if (marker != "")
                query += "&marker=" + Uri.EscapeDataString(marker);
            var request = new AzureRequest(HttpMethod.Get, container, query);
            var answer = await RequireAsync(request, HttpStatusCode.OK, cancellationToken);
            var page = AzureListing.Parse(answer.Body);
            foreach (var item in page.Items)
                yield return item;
            marker = page.NextMarker;
        }
        while (marker != "");
    }

    private async Task<AzureAnswer> RequireAsync(
        AzureRequest request, HttpStatusCode status, CancellationToken cancellationToken)
    {
        var answer = await transport.SendAsync(request, cancellationToken);
        return answer.Status == status ? answer : throw Unexpected(request, answer);
    }

    [SuppressMessage("Security", "CA5351", Justification = "The service's checksum of a body; SHA-256 names blobs.")]
    private AzureRequest Write(string name, string query, ReadOnlyMemory<byte> bytes) =>
        new(HttpMethod.Put, Path(name), query)
        {
            Body = bytes,
            Md5 = bytes.Length == 0 ? null : MD5.HashData(bytes.Span),
        };

    private string Path(string name) => $"{container}/{name}";

    /// <summary>All of one length, as the service demands; the same for the same part of the same content.</summary>
    private static string BlockId(int index)
    {
        Span<byte> id = stackalloc byte[6];
        BinaryPrimitives.WriteInt32BigEndian(id[2..], index);
        return Convert.ToBase64String(id);
    }

    private static (string, string)[] Condition(bool replace) => replace ? [] : [OnlyIfAbsent];

    private static bool Exists(AzureAnswer answer) =>
        answer.Status is HttpStatusCode.PreconditionFailed || answer.ErrorCode == "BlobAlreadyExists";

    private static bool Absent(AzureAnswer answer) => answer.ErrorCode == "BlobNotFound";

    private static AzureUnavailableException Unexpected(AzureRequest request, AzureAnswer answer) =>
        new(answer.ErrorCode == "ContainerNotFound"
            ? $"the container '{request.Path.Split('/')[0]}' of the blobs is gone; restore it, or restart the silo for "
                + "an empty one"
            : $"Azure Blob Storage answered {answer} to {request}");
}
