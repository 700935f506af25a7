using System.Net;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Fed.Contracts.Wire;
using Fed.Grains.Persistence;
using Fed.Silo.Gateway.Clients;
using Fed.Silo.Storage;
using Fed.Silo.Storage.Sqlite;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Storage;

namespace Fed.Silo.Hosting;

/// <summary>The actors: Microsoft Orleans, on the providers that <see cref="SiloProviders"/> names.</summary>
internal static class ActorRuntime
{
    public const string Name = "orleans";

    private const string StateContainer = "fed-grains";

    /// <exception cref="ArgumentException">A setting is wrong.</exception>
    /// <exception cref="PortTakenException">Another process has a port that the configuration names.</exception>
    public static void Add(WebApplicationBuilder builder, SiloOptions options)
    {
        var ports = OrleansPorts.Choose(builder.Configuration);
        var providers = SiloProviders.Read(builder.Configuration);
        if (options.InMemory)
            providers = providers with { State = SiloProviders.Memory };
        providers.Check(options);
        builder.UseOrleans(silo =>
        {
            silo.AddIncomingGrainCallFilter<OutsideCallFilter>();
            OrleansTls.Use(silo, builder.Configuration);
            silo.Services.AddSingleton(providers);
            silo.Services.AddSingleton<IGrainStorageSerializer, StateJson>();
            silo.Configure<SiloMessagingOptions>(
                messaging => messaging.ResponseTimeout = options.Timeouts.Work);
            silo.Services.Configure<GrainCollectionOptions>(builder.Configuration.GetSection("GrainCollection"));
            AddClustering(silo, providers, ports);
            AddState(silo, providers, options);
            AddReminders(silo, providers);
        });
    }

    private static void AddClustering(ISiloBuilder silo, SiloProviders providers, OrleansPorts ports)
    {
        if (providers.Clustering == SiloProviders.Localhost)
        {
            silo.UseLocalhostClustering(
                ports.Silo, ports.Gateway, serviceId: WireFormat.Service, clusterId: WireFormat.Service);
            return;
        }

        silo.Configure<ClusterOptions>(cluster =>
            (cluster.ServiceId, cluster.ClusterId) = (WireFormat.Service, WireFormat.Service));
        silo.ConfigureEndpoints(IPAddress.Loopback, ports.Silo, ports.Gateway);
        silo.UseAzureStorageClustering(table => table.TableServiceClient = Tables(providers));
    }

    private static void AddState(ISiloBuilder silo, SiloProviders providers, SiloOptions options)
    {
        switch (providers.State)
        {
            case SiloProviders.Memory:
                silo.AddMemoryGrainStorage(StateStore.Name);
                break;
            case SiloProviders.Azure:
                silo.AddAzureBlobGrainStorage(StateStore.Name, blob =>
                {
                    blob.BlobServiceClient = new BlobServiceClient(providers.AzureConnectionString);
                    blob.ContainerName = StateContainer;
                });
                break;
            default:
                silo.AddSqliteGrainStorage(StateStore.Name, sqlite => sqlite.Path = options.GrainFile);
                break;
        }
    }

    private static void AddReminders(ISiloBuilder silo, SiloProviders providers)
    {
        if (providers.Reminders == SiloProviders.Azure)
            silo.UseAzureTableReminderService(table => table.TableServiceClient = Tables(providers));
        else
            silo.UseInMemoryReminderService();
    }

    private static TableServiceClient Tables(SiloProviders providers) => new(providers.AzureConnectionString);
}
