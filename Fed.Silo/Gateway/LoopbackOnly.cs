using System.Net;

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

        throw new BadHttpRequestException(
            $"this call is for the server's own machine, and {peer} is not it", StatusCodes.Status403Forbidden);
    }

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
