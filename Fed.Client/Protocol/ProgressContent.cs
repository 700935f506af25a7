using System.Net;

namespace Fed.Client.Protocol;

/// <summary>A file as a request's body: streamed, and every piece that leaves is reported as progress.</summary>
internal sealed class ProgressContent(Stream source, long length, Action progress) : HttpContent
{
    private const int PieceLength = 64 << 10;

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var piece = new byte[PieceLength];
        int read;
        while ((read = await source.ReadAsync(piece, cancellationToken)) > 0)
        {
            await stream.WriteAsync(piece.AsMemory(0, read), cancellationToken);
            progress();
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }
}
