using System.Net;
using Orleans.Configuration;

namespace Orleans.Hosting;

/// <summary>Clustering: accepted, and without effect, as one process is the whole cluster.</summary>
public static class CoreHostingExtensions
{
    /// <summary>Opens no port: there is no other silo to talk to.</summary>
    public static ISiloBuilder UseLocalhostClustering(
        this ISiloBuilder builder,
        int siloPort = 11111,
        int gatewayPort = 30000,
        IPEndPoint? primarySiloEndpoint = null,
        string serviceId = "dev",
        string clusterId = "dev") =>
        builder.Configure<ClusterOptions>(options =>
        {
            options.ServiceId = serviceId;
            options.ClusterId = clusterId;
        });
}
