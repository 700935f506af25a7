using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using StackExchange.Redis;

namespace Fed.Silo.Storage;

/// <summary>
/// The format of the state that silos share in a server. The first silo of a service says it there; one that knows
/// another format does not start. A state file says its own (<see cref="Sqlite.SqliteFormat"/>).
/// </summary>
internal static class StateFormat
{
    /// <summary>Another one whenever a silo could not read what one before it has written.</summary>
    public const int Version = 1;

    /// <summary>Of a container's metadata.</summary>
    private const string Name = "format";

    private static string Text => Version.ToString(CultureInfo.InvariantCulture);

    /// <summary>Where a service's format stands in Redis.</summary>
    public static string KeyOf(string service) => $"{service}/{Name}";

    /// <summary>The container of a service's state; Orleans' names of blobs do not say whose they are.</summary>
    public static string ContainerOf(string service) => $"{service}-grains";

    /// <exception cref="InvalidDataException">The state there is of another format.</exception>
    public static async Task RequireAsync(IDatabase redis, string service)
    {
        var key = KeyOf(service);
        await redis.StringSetAsync(key, Text, when: When.NotExists);
        Require(await redis.StringGetAsync(key), service);
    }

    /// <exception cref="InvalidDataException">The state there is of another format.</exception>
    public static async Task RequireAsync(
        BlobServiceClient blobs, string service, CancellationToken cancellationToken)
    {
        var container = blobs.GetBlobContainerClient(ContainerOf(service));
        try
        {
            await container.CreateAsync(
                metadata: new Dictionary<string, string> { [Name] = Text }, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException taken) when (taken.ErrorCode == BlobErrorCode.ContainerAlreadyExists)
        {
            // Another silo was first, now or long ago.
        }

        var properties = await container.GetPropertiesAsync(cancellationToken: cancellationToken);
        Require(properties.Value.Metadata.TryGetValue(Name, out var found) ? found : null, service);
    }

    private static void Require(string? found, string service)
    {
        if (found == Text)
            return;
        throw new InvalidDataException(
            $"the state of service '{service}' is of format {found ?? "unknown"}, and this silo (version "
            + $"{Hosting.FedSilo.Version}) reads format {Text}; run the version of FedHier that wrote it, or name "
            + "another service by FED_Orleans__ServiceId");
    }
}
