using System.Net;

namespace Fed.Client.Protocol;

/// <summary>
/// The gateways of one cluster of silos, any of which serves any participant: requests go to one of them until it fails
/// or says that it cannot serve; the next request, which whoever retries sends, goes to the next one.
/// </summary>
/// <param name="servers">At least one; the client's requests are for the first.</param>
internal sealed class Gateways(IReadOnlyList<Uri> servers, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private int _current;

    /// <summary>Where the next request goes.</summary>
    public Uri Current => servers[Volatile.Read(ref _current)];

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var chosen = Volatile.Read(ref _current);
        if (chosen != 0)
        {
            var path = request.RequestUri!.AbsoluteUri[servers[0].AbsoluteUri.Length..];
            request.RequestUri = new Uri(servers[chosen].AbsoluteUri + path);
        }

        var isServed = false;
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            isServed = response.StatusCode is not (HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout);
            return response;
        }
        finally
        {
            // Also when the patience for it has ended. Of several requests that fail together one moves on.
            if (!isServed)
                Interlocked.CompareExchange(ref _current, (chosen + 1) % servers.Count, chosen);
        }
    }
}
