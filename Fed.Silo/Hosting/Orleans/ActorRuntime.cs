using Fed.Grains.Persistence;
using Fed.Silo.Storage.Sqlite;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Fed.Silo.Hosting;

/// <summary>
/// The actors on Microsoft.Orleans: one silo on loopback, state in memory, in one SQLite file, or where
/// <c>FED_Storage</c> says (with <c>-p:FedAzure=true</c>, <c>azure</c>).
/// </summary>
internal static partial class ActorRuntime
{
    public const string Name = "orleans";

    private const string Sqlite = "sqlite";

    /// <exception cref="ArgumentException">A setting is wrong.</exception>
    /// <exception cref="PortTakenException">Another process has a port that the configuration names.</exception>
    public static void Add(WebApplicationBuilder builder, SiloOptions options)
    {
        var ports = OrleansPorts.Choose(builder.Configuration);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(ports.Silo, ports.Gateway);
            silo.Configure<SiloMessagingOptions>(
                messaging => messaging.ResponseTimeout = options.Timeouts.ActorCall);
            silo.Services.Configure<GrainCollectionOptions>(builder.Configuration.GetSection("GrainCollection"));
            AddStorage(silo, builder.Configuration, options);
        });
    }

    private static void AddStorage(ISiloBuilder silo, ConfigurationManager configuration, SiloOptions options)
    {
        if (options.InMemory)
        {
            silo.AddMemoryGrainStorage(StateStore.Name);
            return;
        }

        var storage = configuration["Storage"] ?? Sqlite;
        var added = storage == Sqlite;
        if (added)
            silo.AddSqliteGrainStorage(StateStore.Name, sqlite => sqlite.Path = options.GrainFile);
        else
            AddOtherStorage(silo, configuration, storage, ref added);
        if (!added)
        {
            throw new ArgumentException(
                $"FED_Storage is '{storage}'; use {Sqlite}, or azure in a build made with -p:FedAzure=true");
        }
    }

    /// <summary>
    /// Compiled in by FedAzure; without it the call vanishes and <paramref name="added"/> stays false.
    /// </summary>
    static partial void AddOtherStorage(
        ISiloBuilder silo, ConfigurationManager configuration, string storage, ref bool added);
}
