using Fed.Contracts;
using Fed.Contracts.Refusals;

namespace Fed.Client.Models;

/// <summary>One federation of a server, as one address: <c>https://fed.example/codecs</c>.</summary>
/// <param name="Server">Everything before the last part of the path.</param>
/// <param name="Federation">The last part of the path.</param>
public sealed record FederationAddress(Uri Server, string Federation)
{
    /// <summary>What stands between a server and its federations in the protocol, as a browser shows it.</summary>
    private const string ProtocolPath = "/v1/federations";

    /// <exception cref="ArgumentException">No such address.</exception>
    public static FederationAddress Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
            || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw Wrong(text, "is no http or https address");
        }

        var path = address.AbsolutePath.TrimEnd('/');
        var at = path.LastIndexOf('/');
        var federation = Uri.UnescapeDataString(path[(at + 1)..]);
        try
        {
            Names.Require(federation, "its last part");
        }
        catch (RefusedException refused)
        {
            throw Wrong(text, $"names no federation: {refused.Message}");
        }

        var before = path[..at];
        if (before.EndsWith(ProtocolPath, StringComparison.Ordinal))
            before = before[..^ProtocolPath.Length];
        return new(new Uri(address.GetLeftPart(UriPartial.Authority) + before + "/"), federation);
    }

    public override string ToString() => $"{Server}{Federation}";

    private static ArgumentException Wrong(string text, string what) => new(
        $"'{text}' {what}; give the server's address and the federation's name, for example "
        + "https://fed.example/codecs");
}
