using Fed.Silo.Storage.Sqlite;
using Fed.Grains.Persistence;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Fed.Silo.Hosting;

/// <summary>The actors on Fed.Embedded: one process, state in memory or in one SQLite file.</summary>
internal static class ActorRuntime
{
    public const string Name = "embedded";

    public static void Add(WebApplicationBuilder builder, SiloOptions options) => builder.UseOrleans(silo =>
    {
        silo.UseLocalhostClustering();
        silo.Services.Configure<SiloMessagingOptions>(
            messaging => messaging.ResponseTimeout = options.Timeouts.ActorCall);
        silo.Services.Configure<GrainCollectionOptions>(builder.Configuration.GetSection("GrainCollection"));
        if (options.InMemory)
            silo.AddMemoryGrainStorage(StateStore.Name);
        else
            silo.AddSqliteGrainStorage(StateStore.Name, sqlite => sqlite.Path = options.GrainFile);
    });
}
