using Fed.Silo.Hosting;

namespace Fed.Silo.Gateway;

/// <summary>For load balancers and supervisors.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder app) =>
        app.MapGet("/healthz", (SiloPhase phase) => phase.IsReady
                ? TypedResults.Ok(new Health("ready", SiloApplication.Version, ActorRuntime.Name))
                : throw new SiloNotReadyException(phase.IsStopping))
            .Produces<Health>()
            .WithProblems()
            .WithName("Health")
            .WithSummary("200 when requests are served, 503 while the silo starts or stops");

    /// <param name="Runtime"><c>embedded</c> or <c>orleans</c>.</param>
    internal sealed record Health(string Status, string Version, string Runtime);
}
