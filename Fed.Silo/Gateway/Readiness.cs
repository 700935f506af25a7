using Fed.Silo.Hosting;
using Fed.Silo.Storage;

namespace Fed.Silo.Gateway;

/// <summary>Whether the silo serves: told to load balancers and supervisors, and required of each request.</summary>
internal static class Readiness
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/healthz", CheckAsync)
            .Produces<Health>()
            .WithProblems()
            .WithName("Health")
            .WithSummary("200 when requests are served; 503 while the silo starts or stops, or cannot write blobs");
        app.MapGet("/livez", () => TypedResults.Ok(new Health("alive", FedSilo.Version, ActorRuntime.Name)))
            .Produces<Health>()
            .WithName("Liveness")
            .WithSummary("200 as long as the process answers: what a restart could mend makes no answer");
    }

    /// <summary>
    /// 503 with Retry-After until the silo is ready: an agent that comes early must not take a federation that is about
    /// to be created for one that does not exist, since a 404 is final.
    /// </summary>
    public static void UseReadiness(this WebApplication app)
    {
        var phase = app.Services.GetRequiredService<SiloPhase>();
        app.Use((HttpContext context, RequestDelegate next) =>
            phase.IsReady || !context.Request.Path.StartsWithSegments("/v1")
                ? next(context)
                : throw new SiloNotReadyException(phase.IsStopping));
    }

    private static async Task<Health> CheckAsync(SiloPhase phase, StorageProbe storage)
    {
        if (!phase.IsReady)
            throw new SiloNotReadyException(phase.IsStopping);
        await storage.CheckAsync();
        return new Health("ready", FedSilo.Version, ActorRuntime.Name);
    }

    /// <param name="Runtime"><c>orleans</c>.</param>
    internal sealed record Health(string Status, string Version, string Runtime);
}

/// <summary>The silo is starting or stopping.</summary>
public sealed class SiloNotReadyException(bool stopping)
    : Exception(stopping ? "the server is stopping" : "the server is starting")
{
    public bool Stopping { get; } = stopping;
}
