using System.Buffers;

namespace Fed.Silo.Storage.Azure;

/// <summary>
/// A storage account: name, key and address, from a connection string as Azure's portal shows it
/// (learn.microsoft.com, "Configure Azure Storage connection strings"). The key leaves this class to the signer only:
/// neither messages nor <see cref="ToString"/> have it.
/// </summary>
public sealed class AzureConnection
{
    // Public: every Azurite, and every emulator before it, has this account and this key.
    private const string DevelopmentAccount = "devstoreaccount1";

    private const string DevelopmentKey =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly SearchValues<char> AccountCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    // What the portal puts there too, of no use for blobs.
    private static readonly string[] Ignored =
    [
        "QueueEndpoint", "TableEndpoint", "FileEndpoint", "BlobSecondaryEndpoint", "QueueSecondaryEndpoint",
        "TableSecondaryEndpoint", "FileSecondaryEndpoint",
    ];

    private static readonly string[] Known =
    [
        "AccountName", "AccountKey", "BlobEndpoint", "EndpointSuffix", "DefaultEndpointsProtocol",
        "UseDevelopmentStorage", .. Ignored,
    ];

    private AzureConnection(string account, byte[] key, Uri endpoint)
    {
        Account = account;
        Key = key;
        Endpoint = endpoint;
    }

    public string Account { get; }

    /// <summary>Where the account's blobs are, without a slash at its end.</summary>
    public Uri Endpoint { get; }

    internal byte[] Key { get; }

    /// <exception cref="ArgumentException">The message names the part that is wrong, never its key.</exception>
    public static AzureConnection Parse(string text)
    {
        var parts = Split(text);
        if (parts.TryGetValue("UseDevelopmentStorage", out var development))
        {
            if (!development.Equals("true", StringComparison.OrdinalIgnoreCase) || parts.Count > 1)
                throw Wrong("UseDevelopmentStorage stands alone and is true, or is left out");
            return new AzureConnection(
                DevelopmentAccount,
                Convert.FromBase64String(DevelopmentKey),
                new Uri($"http://127.0.0.1:10000/{DevelopmentAccount}"));
        }

        var account = AccountOf(parts);
        return new AzureConnection(account, KeyOf(parts), EndpointOf(parts, account));
    }

    /// <summary>The address alone.</summary>
    public override string ToString() => Endpoint.AbsoluteUri;

    private static Dictionary<string, string> Split(string text)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var number = 0;
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            number++;
            var at = part.IndexOf('=');
            var name = at < 0 ? "" : part[..at].Trim();
            // By number, not by its text: what is in the wrong place may be the key.
            if (!Known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw Wrong($"its part {number} is none of {string.Join(", ", Known.Except(Ignored))}; account keys "
                    + "are the one way to sign in (no SharedAccessSignature)");
            }

            if (!parts.TryAdd(name, part[(at + 1)..].Trim()))
                throw Wrong($"it has {name} twice");
        }

        return parts;
    }

    private static string AccountOf(Dictionary<string, string> parts)
    {
        var account = Require(parts, "AccountName");
        return account.Length is >= 3 and <= 24 && !account.AsSpan().ContainsAnyExcept(AccountCharacters)
            ? account
            : throw Wrong("AccountName is not 3 to 24 lower-case letters and digits");
    }

    private static byte[] KeyOf(Dictionary<string, string> parts)
    {
        var text = Require(parts, "AccountKey");
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var bytes) && bytes > 0
            ? key[..bytes]
            : throw Wrong("AccountKey is not base64; copy it whole, with the '=' at its end");
    }

    private static Uri EndpointOf(Dictionary<string, string> parts, string account)
    {
        var protocol = parts.GetValueOrDefault("DefaultEndpointsProtocol", "https");
        if (protocol is not ("http" or "https"))
            throw Wrong("DefaultEndpointsProtocol is neither http nor https");
        if (parts.TryGetValue("BlobEndpoint", out var text))
            return Address("BlobEndpoint", text.TrimEnd('/'));
        var suffix = parts.GetValueOrDefault("EndpointSuffix", "core.windows.net");
        return Address("EndpointSuffix", $"{protocol}://{account}.blob.{suffix}");
    }

    private static Uri Address(string part, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.Scheme is ("http" or "https")
        && address is { Query: "", Fragment: "", UserInfo: "" }
        && (part == "BlobEndpoint" || address.AbsolutePath == "/")
            ? address
            : throw Wrong($"{part} does not make an address (https://account.blob.core.windows.net)");

    private static string Require(Dictionary<string, string> parts, string name) =>
        parts.TryGetValue(name, out var value) && value != "" ? value : throw Wrong($"{name} is missing");

    private static ArgumentException Wrong(string what) => new(
        $"the connection string of the blobs (FED_BLOBS) is wrong: {what}; for example DefaultEndpointsProtocol=https;"
        + "AccountName=...;AccountKey=... or UseDevelopmentStorage=true");
}
