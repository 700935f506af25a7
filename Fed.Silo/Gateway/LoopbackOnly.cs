using System.Net;
using Fed.Silo.Gateway.Problems;

namespace Fed.Silo.Gateway;

/// <summary>
/// Lets only this machine in. The peer's address decides; a request that says it was forwarded, or that names the
/// server by anything but a loopback name (DNS rebinding in somebody's browser), is not from this machine.
/// </summary>
public sealed class LoopbackOnly : IEndpointFilter
{
    private static readonly string[] Forwarding = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"];

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        var peer = context.HttpContext.Connection.RemoteIpAddress;
        if (peer is not null && IPAddress.IsLoopback(peer) && IsLoopbackName(request.Host.Host)
            && !Forwarding.Any(request.Headers.ContainsKey))
        {
            return await next(context);
        }

        return TypedResults.Json(
            Problem.Of(
                ProblemKind.LoopbackOnly,
                $"this call is for the server's own machine, and {peer} is not it",
                "send it on the server's machine, to 127.0.0.1, without a proxy"),
            Problem.Json,
            Problem.ContentType,
            ProblemKind.LoopbackOnly.Status);
    }

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
