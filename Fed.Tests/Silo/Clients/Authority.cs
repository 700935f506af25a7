using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fed.Contracts.Wire;
using Fed.Silo.Hosting;

namespace Fed.Tests.Silo.Clients;

/// <summary>A private authority, what it has issued, and the files of it.</summary>
internal sealed class Authority : IDisposable
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    // What is valid is so whenever the tests run; who looks is the system, by its clock.
    private static readonly DateTimeOffset First = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Past = First.AddDays(1);
    private static readonly DateTimeOffset Last = First.AddYears(100);

    private readonly X509Certificate2 _root;
    private readonly List<X509Certificate2> _further = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-tls-test-").FullName;

    public Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=FedHier test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _root = request.CreateSelfSigned(First, Last);
        Silo = Issue(MutualTls.SiloName, Last, ServerUsage, ClientUsage);
        Participant = Issue("broadcaster", Last, ClientUsage);
        Nameless = Issue("another-server", Last, ServerUsage, ClientUsage);
        Expired = Issue(MutualTls.SiloName, Past, ServerUsage, ClientUsage);
        Unlimited = Issue(MutualTls.SiloName, Last);
        File.WriteAllText(AuthorityFile, _root.ExportCertificatePem());
    }

    public X509Certificate2 Silo { get; }

    public X509Certificate2 Participant { get; }

    /// <summary>A server of the authority, and no silo.</summary>
    public X509Certificate2 Nameless { get; }

    public X509Certificate2 Expired { get; }

    /// <summary>Without extended key usages.</summary>
    public X509Certificate2 Unlimited { get; }

    /// <summary>A silo's, which ends then.</summary>
    public X509Certificate2 IssueSilo(DateTimeOffset until)
    {
        _further.Add(Issue(MutualTls.SiloName, until, ServerUsage, ClientUsage));
        return _further[^1];
    }

    private string AuthorityFile => Path.Combine(_folder, "ca.pem");

    public MutualTls Load(X509Certificate2 certificate, bool forSilo)
    {
        var (file, key) = Write(certificate);
        return MutualTls.Load(file, key, AuthorityFile, forSilo, new("certificate", "key", "authority"));
    }

    public Dictionary<string, string?> Settings(X509Certificate2 certificate)
    {
        var (file, key) = Write(certificate);
        return new()
        {
            ["Orleans:Tls:Certificate"] = file,
            ["Orleans:Tls:Key"] = key,
            ["Orleans:Tls:Authority"] = AuthorityFile,
        };
    }

    /// <summary>The same for a silo's process.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment(X509Certificate2 certificate) =>
        Settings(certificate).Select(each => KeyValuePair.Create(OrleansPorts.Variable(each.Key), each.Value!));

    public void Dispose()
    {
        foreach (var certificate in (X509Certificate2[])
            [_root, Silo, Participant, Nameless, Expired, Unlimited, .. _further])
            certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private (string Certificate, string Key) Write(X509Certificate2 certificate)
    {
        var file = Path.Combine(_folder, certificate.SerialNumber);
        File.WriteAllText(file + ".pem", certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(file + ".key", key.ExportPkcs8PrivateKeyPem());
        return (file + ".pem", file + ".key");
    }

    private X509Certificate2 Issue(string name, DateTimeOffset until, params string[] usages)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        if (usages.Length > 0)
        {
            request.CertificateExtensions.Add(
                new X509EnhancedKeyUsageExtension([.. usages.Select(usage => new Oid(usage))], false));
        }

        var serial = RandomNumberGenerator.GetBytes(8);
        using var issued = request.Create(_root, First, until, serial);
        return issued.CopyWithPrivateKey(key);
    }
}
