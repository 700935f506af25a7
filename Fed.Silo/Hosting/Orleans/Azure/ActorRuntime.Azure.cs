using Azure.Storage.Blobs;
using Fed.Grains.Persistence;
using Orleans.Hosting;

namespace Fed.Silo.Hosting;

/// <summary>Grain state in Azure Blob Storage: <c>FED_Storage=azure</c>, <c>FED_Azure__ConnectionString</c>.</summary>
internal static partial class ActorRuntime
{
    static partial void AddOtherStorage(
        ISiloBuilder silo, ConfigurationManager configuration, string storage, ref bool added)
    {
        if (storage != "azure")
            return;
        var connection = configuration["Azure:ConnectionString"];
        if (string.IsNullOrWhiteSpace(connection))
        {
            throw new ArgumentException(
                "FED_Azure__ConnectionString is empty; give the connection string of the storage account");
        }

        silo.AddAzureBlobGrainStorage(StateStore.Name, blob =>
        {
            blob.BlobServiceClient = new BlobServiceClient(connection);
            blob.ContainerName = configuration["Azure:Container"] ?? "fed-grains";
        });
        added = true;
    }
}
