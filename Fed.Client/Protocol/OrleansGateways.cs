using System.Globalization;
using System.Net;
using Fed.Contracts.Wire;

namespace Fed.Client.Protocol;

/// <summary>Where silos listen for Orleans clients: any of them serves, and the others stand in for it.</summary>
public sealed record OrleansGateways(IReadOnlyList<DnsEndPoint> All)
{
    public static OrleansGateways None { get; } = new([]);

    /// <summary>The silos' service id, <c>FED_Orleans__ServiceId</c> there.</summary>
    /// <exception cref="ArgumentException">It is no such name.</exception>
    public string Service
    {
        get;
        init => field = ClusterName.Require(value, nameof(Service));
    } = WireFormat.Service;

    /// <summary>The silos' cluster id, <c>FED_Orleans__ClusterId</c> there; silos of another one refuse us.</summary>
    /// <exception cref="ArgumentException">It is no such name.</exception>
    public string Cluster
    {
        get;
        init => field = ClusterName.Require(value, nameof(Cluster));
    } = WireFormat.Service;

    public bool IsEmpty => All.Count == 0;

    /// <param name="text"><c>HOST:PORT</c>, more of them after commas; an IPv6 address in brackets.</param>
    /// <exception cref="ArgumentException">It is not of this form.</exception>
    public static OrleansGateways Parse(string text) =>
        new([.. text.Split(',', StringSplitOptions.TrimEntries).Select(part => ParseOne(part, text))]);

    public override string ToString() => string.Join(',', All.Select(gateway => $"{gateway.Host}:{gateway.Port}"));

    private static DnsEndPoint ParseOne(string part, string text)
    {
        var colon = part.LastIndexOf(':');
        var host = colon < 0 ? "" : part[..colon].TrimStart('[').TrimEnd(']');
        return Uri.CheckHostName(host) != UriHostNameType.Unknown
            && ushort.TryParse(part.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port > 0
                ? new DnsEndPoint(host, port)
                : throw new ArgumentException(
                    $"'{text}' is no list of gateways; give HOST:PORT, several with commas between them, for example "
                    + "10.0.0.1:30000,10.0.0.2:30000");
    }
}
