using System.Net;
using System.Security.Cryptography.X509Certificates;
using Fed.Client;
using Fed.Tests.Silo.Clients;

namespace Fed.Tests.Silo.Cluster;

/// <summary>Silo processes that are one cluster by mutual TLS, and one that shows a stranger's certificate.</summary>
public sealed class SecuredClusterTests(ClusterStorage storage) : IClassFixture<ClusterStorage>, IDisposable
{
    /// <summary>Actors of so many federations are on both silos, whatever the directory does.</summary>
    private const int Several = 12;

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-secured-").FullName;
    private readonly Authority _authority = new();
    private readonly Authority _other = new();
    private Dictionary<string, string> _environment = [];

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [ServersFact]
    public async Task Silos_WithCertificatesOfOneAuthority_AreOneCluster()
    {
        _environment = storage.NewCluster("redis", "redis", "redis", "folder");
        await using var first = await SiloNode.StartAsync(With(_authority, _authority.Silo), Arguments("first"));
        await using var second = await SiloNode.StartAsync(With(_authority, _authority.Silo), Arguments("second"));

        for (var i = 0; i < Several; i++)
        {
            var federation = await TestFederation.CreateAsync(first.Client, TestSilo.Settings($"f{i}"));
            using var answer = await second.Client.GetAsync($"{federation.Url}/status");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(ExitCode.Success, await second.StopAsync());
    }

    [ServersFact]
    public async Task Silo_WithACertificateOfAnotherAuthority_CannotJoinAndSaysSo()
    {
        _environment = storage.NewCluster("redis", "redis", "redis", "folder");
        await using var first = await SiloNode.StartAsync(With(_authority, _authority.Silo), Arguments("first"));
        var stranger = With(_other, _other.Silo);
        stranger["FED_Orleans__Membership__MaxJoinAttemptTime"] = "00:00:05";

        var (code, error) = await SiloProcessTests.RunAsync(stranger, ["--port", "0", .. Arguments("second")]);

        // Of the two that find out, either may be the first: the others declare it dead, or it gives up.
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("The remote certificate was rejected", error, StringComparison.Ordinal);
        Assert.Contains("fed silo: this silo could not join the others: ", error, StringComparison.Ordinal);
        Assert.Contains("FED_Orleans__Tls__", error, StringComparison.Ordinal);
        using var answer = await first.Client.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private Dictionary<string, string> With(Authority authority, X509Certificate2 certificate) =>
        new(_environment.Concat(authority.Environment(certificate)));

    private string[] Arguments(string silo) =>
    [
        "--data-dir", Path.Combine(_folder, silo), "--keys", Path.Combine(_folder, "keys"),
        "--blobs", Path.Combine(_folder, "blobs"),
    ];
}
