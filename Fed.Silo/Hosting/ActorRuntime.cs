using System.Net;
using Fed.Grains.Persistence;
using Fed.Grains.Placement;
using Fed.Grains.Telemetry;
using Fed.Silo.Gateway.Clients;
using Fed.Silo.Page;
using Fed.Silo.Storage;
using Fed.Silo.Storage.Sqlite;
using Fed.Silo.Telemetry;
using Orleans.Clustering.Redis;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Persistence;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using StackExchange.Redis;

namespace Fed.Silo.Hosting;

/// <summary>The actors: Microsoft Orleans, on the providers that <see cref="SiloProviders"/> names.</summary>
internal static class ActorRuntime
{
    public const string Name = "orleans";

    /// <summary>Name of Orleans' own storage, behind the one that the actors know.</summary>
    private const string SharedState = "fed-shared";

    /// <summary>
    /// Addresses of actors on other silos that one remembers; memory for as many is taken at the start. With Orleans'
    /// million an idle silo takes 18 MB more. Who is forgotten is asked for again.
    /// </summary>
    private const int RememberedAddresses = 50_000;

    /// <summary>Name of the storage whose calls are measured under the name that the actors know.</summary>
    private const string Unmeasured = "fed-unmeasured";

    /// <exception cref="ArgumentException">A setting is wrong.</exception>
    /// <exception cref="PortTakenException">Another process has a port that the configuration names.</exception>
    public static void Add(WebApplicationBuilder builder, SiloOptions options)
    {
        var cluster = ClusterNames.Read(builder.Configuration);
        var ports = OrleansPorts.Choose(builder.Configuration, cluster.Pod);
        var providers = SiloProviders.Read(builder.Configuration);
        if (options.InMemory)
            providers = providers with { State = SiloProviders.Memory };
        providers.Check(options);
        builder.UseOrleans(silo =>
        {
            silo.AddIncomingGrainCallFilter<OutsideCallFilter>();
            silo.AddPlacementDirector<SpreadPlacement, SpreadPlacementDirector>();
            OrleansTls.Use(silo, builder.Configuration);
            // A trace goes on in the actors that are called; who sends none need not pay for it.
            if (options.Telemetry.SendsOtlp)
                silo.AddActivityPropagation();
            DashboardEndpoints.AddDashboard(silo, options);
            silo.Services.AddSingleton(providers);
            silo.Services.AddSingleton<SharedServers>();
            silo.Services.AddSingleton<IGrainStorageSerializer, StateJson>();
            silo.Configure<SiloMessagingOptions>(
                messaging => messaging.ResponseTimeout = options.Timeouts.Work);
            silo.Configure<GrainDirectoryOptions>(directory => directory.CacheSize = RememberedAddresses);
            silo.Services.Configure<GrainCollectionOptions>(builder.Configuration.GetSection("GrainCollection"));
            if (cluster.Pod is not null && providers.IsShared)
                silo.UseKubernetesHosting();
            silo.Configure<ClusterOptions>(ids => (ids.ServiceId, ids.ClusterId) = (cluster.Service, cluster.Cluster));
            silo.ConfigureEndpoints(ports.Address, ports.Silo, ports.Gateway, ports.ListensAnywhere);
            MembershipTiming.Configure(silo, builder.Configuration);
            AddClustering(silo, providers, ports);
            AddState(silo, providers, options, cluster.Service);
            AddReminders(silo, providers);
        });
    }

    private static void AddClustering(ISiloBuilder silo, SiloProviders providers, OrleansPorts ports)
    {
        switch (providers.Clustering)
        {
            case SiloProviders.Azure:
                silo.UseAzureStorageClustering(table => table.Configure<SharedServers>(
                    (options, servers) => options.TableServiceClient = servers.Tables!));
                break;
            case SiloProviders.Redis:
                silo.UseRedisClustering(_ => { });
                silo.Services.AddOptions<RedisClusteringOptions>().Configure<SharedServers>((options, servers) =>
                {
                    options.ConfigurationOptions = servers.Redis!.Options;
                    options.CreateMultiplexer = _ => ShareAsync(servers);
                });
                break;
            default:
                silo.UseDevelopmentClustering(new IPEndPoint(ports.Address, ports.Silo));
                break;
        }
    }

    private static void AddState(ISiloBuilder silo, SiloProviders providers, SiloOptions options, string service)
    {
        silo.Services.AddGrainStorage(StateStore.Name, (services, _) => new MeteredGrainStorage(
            services.GetRequiredKeyedService<IGrainStorage>(Unmeasured),
            services.GetRequiredService<FedMetrics>(),
            services.GetRequiredService<TimeProvider>()));
        switch (providers.State)
        {
            case SiloProviders.Memory:
                silo.AddMemoryGrainStorage(Unmeasured);
                return;
            case SiloProviders.Sqlite:
                silo.AddSqliteGrainStorage(Unmeasured, sqlite => sqlite.Path = options.GrainFile);
                return;
            case SiloProviders.Azure:
                silo.AddAzureBlobGrainStorage(SharedState, blob => blob.Configure<SharedServers>((azure, servers) =>
                {
                    azure.BlobServiceClient = servers.Blobs!;
                    azure.ContainerName = StateFormat.ContainerOf(service);
                }));
                break;
            default:
                silo.AddRedisGrainStorage(SharedState, redis => redis.Configure<SharedServers>((state, servers) =>
                {
                    state.ConfigurationOptions = servers.Redis!.Options;
                    state.CreateMultiplexer = _ => ShareAsync(servers);
                }));
                break;
        }

        silo.Services.AddGrainStorage(Unmeasured, (services, _) =>
            new SharedGrainStorage(services.GetRequiredKeyedService<IGrainStorage>(SharedState)));
    }

    private static void AddReminders(ISiloBuilder silo, SiloProviders providers)
    {
        switch (providers.Reminders)
        {
            case SiloProviders.Azure:
                silo.UseAzureTableReminderService(table => table.Configure<SharedServers>(
                    (options, servers) => options.TableServiceClient = servers.Tables!));
                break;
            case SiloProviders.Redis:
                silo.UseRedisReminderService(_ => { });
                silo.Services.AddOptions<RedisReminderTableOptions>().Configure<SharedServers>((options, servers) =>
                {
                    options.ConfigurationOptions = servers.Redis!.Options;
                    options.CreateMultiplexer = _ => ShareAsync(servers);
                });
                break;
            default:
                silo.UseInMemoryReminderService();
                break;
        }
    }

    /// <summary>The connection of them all, which <see cref="SharedServers"/> closes.</summary>
    private static async Task<(IConnectionMultiplexer Multiplexer, bool IsShared)> ShareAsync(SharedServers servers) =>
        (await servers.Redis!.ConnectAsync(), true);
}
