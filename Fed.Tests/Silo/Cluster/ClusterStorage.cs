using Fed.Tests.Silo.Azure;

namespace Fed.Tests.Silo.Cluster;

/// <summary>A Redis and an Azurite, once for all tests of a class; each cluster has names of its own in them.</summary>
public sealed class ClusterStorage : IAsyncLifetime
{
    internal RedisProcess Redis { get; private set; } = null!;

    internal AzuriteProcess Azurite { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (ServersFactAttribute.Missing is not null)
            return;
        Redis = await RedisProcess.StartAsync();
        Azurite = await AzuriteProcess.StartAsync(tables: true);
    }

    public async Task DisposeAsync()
    {
        if (Redis is not null)
            await Redis.DisposeAsync();
        if (Azurite is not null)
            await Azurite.DisposeAsync();
    }

    /// <summary>The environment of the silos of a new cluster.</summary>
    /// <param name="blobs"><c>azure</c> or <c>folder</c>.</param>
    internal Dictionary<string, string> NewCluster(string clustering, string state, string reminders, string blobs)
    {
        var name = $"t{Guid.NewGuid():N}";
        var environment = new Dictionary<string, string>
        {
            ["FED_Orleans__ServiceId"] = name,
            ["FED_Orleans__ClusterId"] = name,
            ["FED_Providers__Clustering"] = clustering,
            ["FED_Providers__State"] = state,
            ["FED_Providers__Reminders"] = reminders,
            ["FED_Providers__Redis__ConnectionString"] = Redis.ConnectionString,
            ["FED_Providers__Azure__ConnectionString"] = Azurite.ConnectionString,
        };
        if (blobs == "azure")
            (environment["FED_BLOBS"], environment["FED_BLOBS_CONTAINER"]) = (Azurite.ConnectionString, name);
        return environment;
    }
}
