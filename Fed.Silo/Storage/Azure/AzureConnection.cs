using Azure.Core.Pipeline;
using Azure.Storage.Blobs;

namespace Fed.Silo.Storage.Azure;

/// <summary>
/// A storage account, from a connection string as Azure's portal shows it (learn.microsoft.com, "Configure Azure
/// Storage connection strings"). Its secrets leave this class to Azure's library only: neither messages nor
/// <see cref="ToString"/> have them.
/// </summary>
public sealed class AzureConnection
{
    private readonly string _text;
    private readonly Uri _address;

    private AzureConnection(string text, Uri address)
    {
        _text = text;
        _address = address;
    }

    /// <exception cref="ArgumentException">It is none; the message has nothing of it.</exception>
    public static AzureConnection Parse(string text)
    {
        try
        {
            return new AzureConnection(text, new BlobServiceClient(text).Uri);
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException or InvalidOperationException)
        {
            // Not as its cause: what it says may quote the key.
            throw new ArgumentException(
                "the connection string of the blobs (FED_BLOBS) is wrong; copy it whole from the portal, for example "
                + "DefaultEndpointsProtocol=https;AccountName=...;AccountKey=... or UseDevelopmentStorage=true");
        }
    }

    /// <summary>The address alone.</summary>
    public override string ToString() => _address.GetLeftPart(UriPartial.Path);

    /// <summary>A client that tries once; <see cref="AzureRetries"/> knows how often and how long.</summary>
    internal BlobContainerClient Open(string container)
    {
        var http = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !_address.IsLoopback,
            // The address of an account may move.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        var options = new BlobClientOptions
        {
            Transport = new HttpClientTransport(new HttpClient(http) { Timeout = Timeout.InfiniteTimeSpan }),
            Retry = { MaxRetries = 0, NetworkTimeout = Timeout.InfiniteTimeSpan },
        };
        return new BlobContainerClient(_text, container, options);
    }
}
