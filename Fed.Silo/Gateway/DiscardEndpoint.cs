using Fed.Contracts.Wire;
using Fed.Silo.Hosting;

namespace Fed.Silo.Gateway;

/// <summary>
/// Reads bodies and throws them away: what <c>fed bench ingest</c> compares durable ingest with. There only if the
/// silo was started for it (<see cref="SiloOptions.DiscardEndpoint"/>), and only for its own machine.
/// </summary>
internal static class DiscardEndpoint
{
    public const string Path = "/v1/discard";

    public static void MapDiscard(this IEndpointRouteBuilder app, SiloOptions options)
    {
        if (!options.DiscardEndpoint)
            return;
        app.MapPut(Path, DiscardAsync)
            .AddEndpointFilter<LoopbackOnly>()
            .WithMetadata(new BodyLimit(options.MaxBlobBytes))
            .Accepts<Stream>(WireFormat.UpdateType)
            .ExcludeFromDescription();
    }

    private static async Task<Discarded> DiscardAsync(HttpRequest request, CancellationToken aborted)
    {
        var bytes = 0L;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(aborted);
            bytes += read.Buffer.Length;
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return new Discarded(bytes);
        }
    }

    internal sealed record Discarded(long Bytes);
}
