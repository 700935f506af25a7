using Fed.Silo.Hosting;

namespace Fed.Silo.Gateway;

/// <summary>
/// 503 with Retry-After until the silo is ready: an agent that comes early must not take a federation that is about to
/// be created for one that does not exist, since a 404 is final.
/// </summary>
public sealed class ReadinessMiddleware(RequestDelegate next, SiloPhase phase)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (phase.IsReady || !context.Request.Path.StartsWithSegments("/v1"))
            return next(context);
        throw new SiloNotReadyException(phase.IsStopping);
    }
}
