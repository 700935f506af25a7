using System.Net;
using System.Net.Http.Headers;

namespace Fed.Bench.Ingest;

/// <summary>The body of an update: its own first bytes, then those that it shares.</summary>
internal sealed class PreparedContent : HttpContent
{
    private readonly byte[] _head;
    private readonly ReadOnlyMemory<byte> _tail;

    public PreparedContent(PreparedUpdate update, ReadOnlyMemory<byte> tail)
    {
        _head = update.Head;
        _tail = tail;
        Headers.ContentType = new MediaTypeHeaderValue("application/vnd.fedhier.update");
        Headers.TryAddWithoutValidation("Content-Digest", update.Digest);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_head);
        await stream.WriteAsync(_tail);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _head.Length + _tail.Length;
        return true;
    }
}
