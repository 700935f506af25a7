using Fed.Grains.Persistence;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Fed.Silo.Hosting;

/// <summary>
/// The actors on Microsoft.Orleans. One silo with state in memory unless the configuration names a storage
/// (<c>FED_Storage</c>; with <c>-p:FedAzure=true</c>, <c>azure</c>).
/// </summary>
internal static partial class ActorRuntime
{
    public const string Name = "orleans";

    public static void Add(WebApplicationBuilder builder, SiloOptions options) => builder.UseOrleans(silo =>
    {
        silo.UseLocalhostClustering();
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = options.Timeouts.ActorCall);
        var storage = builder.Configuration["Storage"] ?? "memory";
        var added = storage == "memory";
        if (added)
            silo.AddMemoryGrainStorage(StateStore.Name);
        else
            AddDurableStorage(silo, builder.Configuration, storage, ref added);
        if (!added)
        {
            throw new ArgumentException(
                $"FED_Storage is '{storage}'; use memory, or azure in a build made with -p:FedAzure=true");
        }
    });

    /// <summary>
    /// Compiled in by FedAzure; without it the call vanishes and <paramref name="added"/> stays false.
    /// </summary>
    static partial void AddDurableStorage(
        ISiloBuilder silo, IConfiguration configuration, string storage, ref bool added);
}
