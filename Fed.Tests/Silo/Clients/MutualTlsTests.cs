using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fed.Client.Protocol;
using Fed.Contracts.Wire;
using Fed.Silo.Hosting;
using Microsoft.Extensions.Configuration;

namespace Fed.Tests.Silo.Clients;

/// <summary>The Orleans ports with TLS: who has no certificate of the authority and its role stays out.</summary>
public sealed class MutualTlsTests : IAsyncLifetime, IDisposable
{
    private static readonly ClientTimeouts Hurried = new() { Patience = TimeSpan.FromSeconds(9) };

    /// <summary>For what must happen, on a busy machine too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Authority _authority = new();
    private readonly Authority _other = new();
    private readonly int _siloPort = OrleansPorts.Choose(new ConfigurationBuilder().Build()).Silo;
    private GatewaySilo _silo = null!;

    public async Task InitializeAsync()
    {
        _silo = new GatewaySilo(new Dictionary<string, string?>(_authority.Settings(_authority.Silo))
        {
            [OrleansPorts.SiloKey] = _siloPort.ToString(CultureInfo.InvariantCulture),
        });
        await _silo.InitializeAsync();
    }

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Client_WithACertificateOfTheAuthority_IsAnswered()
    {
        var settings = await _silo.CreateAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var client = new OrleansFederationClient(
            _silo.Gateways, "a", key, tls: _authority.Load(_authority.Participant, forSilo: false));

        var description = await client.DescribeAsync(settings.Name, CancellationToken.None);

        Assert.Equal(settings.Name, description.Settings.Name);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_WithoutACertificateOfTheAuthority_GetsNoConnection(bool otherAuthority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var tls = otherAuthority ? _other.Load(_other.Participant, forSilo: false) : null;
        using var client = new OrleansFederationClient(_silo.Gateways, "a", key, timeouts: Hurried, tls: tls);

        var error = await Assert.ThrowsAsync<IOException>(
            () => client.DescribeAsync("codecs", CancellationToken.None));

        Assert.Contains($"no gateway of {_silo.Gateways} answers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_ForClients_HangsUpOnWhoHasNoCertificateOfTheAuthority()
    {
        var gateway = _silo.Gateways.All[0].Port;

        await HangsUpAsync(gateway, null);
        await HangsUpAsync(gateway, _other.Participant);
        await HangsUpAsync(gateway, _authority.Unlimited);
    }

    [Fact]
    public async Task Port_BetweenSilos_HangsUpOnWhoHasNoSilosCertificate()
    {
        await HangsUpAsync(_siloPort, _authority.Participant);
        await HangsUpAsync(_siloPort, _authority.Nameless);
        await HangsUpAsync(_siloPort, _authority.Expired);
        await HangsUpAsync(_siloPort, _other.Silo);
        await HangsUpAsync(_siloPort, null);
    }

    [Fact]
    public void Roles_OfEachCertificate_AreWhatTheAuthorityHasIssued()
    {
        var tls = _authority.Load(_authority.Silo, forSilo: true);

        Assert.True(tls.IsSilo(_authority.Silo));
        Assert.True(tls.IsParticipant(_authority.Participant));
        Assert.False(tls.IsSilo(_authority.Participant));
        Assert.False(tls.IsSilo(_authority.Nameless));
        Assert.False(tls.IsSilo(_authority.Expired));
        Assert.False(tls.IsSilo(_authority.Unlimited));
        Assert.False(tls.IsParticipant(_other.Participant));
        Assert.False(tls.IsSilo(null));
    }

    [Fact]
    public void Silo_WithAParticipantsCertificate_DoesNotStart()
    {
        var error = Assert.Throws<ArgumentException>(() => _authority.Load(_authority.Participant, forSilo: true));

        Assert.Contains("is no silo's", error.Message, StringComparison.Ordinal);
        Assert.Contains(MutualTls.SiloName, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Orleans:Tls:Certificate", "")]
    [InlineData("Orleans:Tls:Authority", "")]
    [InlineData("Orleans:Tls:Certificate", "/nowhere/silo.pem")]
    [InlineData("Orleans:Tls:Authority", "/nowhere/ca.pem")]
    [InlineData("Orleans:Tls:Password", "swordfish")]
    public async Task Silo_WithAWrongSetting_NamesItAndDoesNotStart(string setting, string value)
    {
        var settings = new Dictionary<string, string?>(_authority.Settings(_authority.Silo)) { [setting] = value };
        await using var silo = new GatewaySilo(settings);

        var error = await Assert.ThrowsAsync<ArgumentException>(silo.InitializeAsync);

        Assert.Contains(OrleansPorts.Variable(setting), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("swordfish", error.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// The port closes the connection when it has seen the certificate. A client hears of that when it reads; on a
    /// connection that was taken, a silo would wait for the client to speak.
    /// </summary>
    private static async Task HangsUpAsync(int port, X509Certificate2? certificate)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = new SslStream(socket.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = MutualTls.SiloName,
                ClientCertificateContext =
                    certificate is null ? null : SslStreamCertificateContext.Create(certificate, null),
                RemoteCertificateValidationCallback = (_, silo, _, _) => silo is not null,
            });
            Assert.Equal(0, await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Patience));
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            // It may also say why.
        }
    }
}
