using System.Net;

namespace Fed.Silo.Gateway;

/// <summary>
/// Lets only this machine in. The peer's address decides; a request that says it was forwarded, or that names the
/// server by anything but a loopback name (DNS rebinding in somebody's browser), is not from this machine.
/// </summary>
public sealed class LoopbackOnly : IEndpointFilter
{
    private static readonly string[] Forwarding = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"];

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        WhyNot(context.HttpContext) is { } reason
            ? throw new BadHttpRequestException(
                $"this call is for the server's own machine, and {reason}", StatusCodes.Status403Forbidden)
            : next(context);

    /// <summary>Null: it is from this machine.</summary>
    private static string? WhyNot(HttpContext context)
    {
        var peer = context.Connection.RemoteIpAddress;
        if (peer is null || !IPAddress.IsLoopback(peer))
            return $"it came from {peer}";
        if (Array.Find(Forwarding, context.Request.Headers.ContainsKey) is { } header)
            return $"it came through a proxy: it has the header {header}";
        var host = context.Request.Host.Host;
        return IsLoopbackName(host) ? null : $"it names the server '{host}', which is not 127.0.0.1 or localhost";
    }

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
