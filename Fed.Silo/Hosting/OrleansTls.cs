using Fed.Contracts.Wire;
using Fed.Grains.Telemetry;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Fed.Silo.Hosting;

/// <summary>
/// Mutual TLS on both Orleans ports, by the section <c>FED_Orleans__Tls</c> of the configuration: at the port between
/// silos only a silo's certificate is taken, at the port for clients a participant's too.
/// </summary>
internal static class OrleansTls
{
    private const string Section = "Orleans:Tls";

    private static readonly TlsSettingNames Names = new(
        OrleansPorts.Variable($"{Section}:Certificate"),
        OrleansPorts.Variable($"{Section}:Key"),
        OrleansPorts.Variable($"{Section}:Authority"));

    /// <exception cref="ArgumentException">A setting is unknown, or a file is not what it should be.</exception>
    public static void Use(ISiloBuilder silo, IConfiguration configuration)
    {
        var section = configuration.GetKnownSection(Section, ["Certificate", "Key", "Authority"]);
        if (!section.GetChildren().Any(child => child.Value is { Length: > 0 }))
            return;
        var tls = MutualTls.Load(section["Certificate"], section["Key"], section["Authority"], forSilo: true, Names);
        silo.Services.AddSingleton(new WatchedCertificate("orleans", tls.NotAfter));
        silo.Configure<SiloConnectionOptions>(options =>
        {
            options.ConfigureSiloInboundConnection(connection => connection.UseServerTls(tls.Server(tls.IsSilo)));
            options.ConfigureGatewayInboundConnection(
                connection => connection.UseServerTls(tls.Server(tls.IsParticipant)));
            options.ConfigureSiloOutboundConnection(connection => connection.UseClientTls(tls.Client()));
        });
    }
}
