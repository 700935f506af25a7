using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace Fed.Contracts.Wire;

/// <summary>How the files of one side's TLS are named, where they are configured.</summary>
public sealed record TlsSettingNames(string Certificate, string Key, string Authority);

/// <summary>
/// TLS of an Orleans connection in which both sides show a certificate of one private authority, which alone is
/// believed. A silo is who has the extended key usage of servers and the DNS name <see cref="SiloName"/>; a
/// participant, who has that of clients: its certificate cannot pose as a silo's.
/// </summary>
public sealed class MutualTls
{
    public const string SiloName = "fedhier-silo";

    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _authority;

    private MutualTls(X509Certificate2 certificate, X509Certificate2Collection authority) =>
        (_certificate, _authority) = (certificate, authority);

    /// <summary>When our own certificate expires.</summary>
    public DateTimeOffset NotAfter => _certificate.NotAfter;

    /// <param name="certificate">Path of a PEM file, or of a PFX file that no password protects.</param>
    /// <param name="key">Path of the private key, PEM; null: it stands in the file of the certificate.</param>
    /// <param name="authority">Path of the authority's certificates, PEM.</param>
    /// <param name="forSilo">It must be a silo's.</param>
    /// <exception cref="ArgumentException">A file is missing, or not what it should be; names the setting.</exception>
    public static MutualTls Load(
        string? certificate, string? key, string? authority, bool forSilo, TlsSettingNames names)
    {
        if (string.IsNullOrEmpty(certificate))
            throw new ArgumentException($"{names.Certificate} is missing; {names.Authority} or {names.Key} is given");
        if (string.IsNullOrEmpty(authority))
            throw new ArgumentException($"{names.Authority} is missing; give the private authority's certificate, PEM");
        var tls = new MutualTls(
            Read(names.Certificate, certificate, () => ReadCertificate(certificate, key)),
            Read(names.Authority, authority, () =>
            {
                var found = new X509Certificate2Collection();
                found.ImportFromPemFile(authority);
                return found.Count > 0 ? found : throw new CryptographicException("it holds no certificate");
            }));
        if (!tls._certificate.HasPrivateKey)
            throw new ArgumentException($"'{certificate}' has no private key; give its file with {names.Key}");
        if (forSilo ? tls.IsSilo(tls._certificate) : tls.IsParticipant(tls._certificate))
            return tls;
        throw new ArgumentException(
            $"{names.Certificate} '{certificate}' ({tls._certificate.Subject}, until {tls._certificate.NotAfter:u}) is "
            + (forSilo
                ? $"no silo's: it must be valid, of the authority, for servers (extended key usage) and for {SiloName}"
                : "no participant's: it must be valid, of the authority, and for clients (extended key usage)"));
    }

    public bool IsSilo(X509Certificate2? remote) =>
        IsOfAuthority(remote, ServerUsage) && remote!.MatchesHostname(SiloName, allowCommonName: false);

    public bool IsParticipant(X509Certificate2? remote) => IsOfAuthority(remote, ClientUsage);

    /// <summary>Who accepts a connection.</summary>
    /// <param name="accepts">Of <see cref="IsSilo"/> and <see cref="IsParticipant"/>.</param>
    public TlsOptions Server(Func<X509Certificate2?, bool> accepts) => new()
    {
        LocalCertificate = _certificate,
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        // The default allows a client without one.
        ClientCertificateMode = RemoteCertificateMode.RequireCertificate,
        RemoteCertificateValidation = (remote, _, _) => accepts(remote),
    };

    /// <summary>Who makes a connection, which always is to a silo.</summary>
    public TlsOptions Client() => new()
    {
        LocalCertificate = _certificate,
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        RemoteCertificateValidation = (remote, _, _) => IsSilo(remote),
        OnAuthenticateAsClient = (_, options) => options.TargetHost = SiloName,
    };

    /// <summary>What the system believes does not count: the chain must end at our authority.</summary>
    private bool IsOfAuthority(X509Certificate2? remote, string usage)
    {
        if (remote is null)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authority);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(usage));
        // A private authority seldom publishes a list: certificates are to be short-lived (docs/security.md).
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return HasUsage(remote, usage) && chain.Build(remote);
    }

    /// <summary>A certificate without the extension would be good for everything.</summary>
    private static bool HasUsage(X509Certificate2 certificate, string usage) => certificate.Extensions
        .OfType<X509EnhancedKeyUsageExtension>()
        .Any(extension => extension.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value == usage));

    private static X509Certificate2 ReadCertificate(string path, string? key) =>
        Path.GetExtension(path).ToLowerInvariant() is ".pfx" or ".p12"
            ? X509CertificateLoader.LoadPkcs12FromFile(path, null)
            : X509Certificate2.CreateFromPemFile(path, string.IsNullOrEmpty(key) ? path : key);

    private static T Read<T>(string setting, string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"{setting} is '{path}', which cannot be read: {error.Message}", error);
        }
    }
}
