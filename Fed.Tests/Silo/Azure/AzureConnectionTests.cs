using Fed.Silo.Hosting;
using Fed.Silo.Storage.Azure;

namespace Fed.Tests.Silo.Azure;

public sealed class AzureConnectionTests
{
    private const string Key = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA==";

    [Theory]
    [InlineData("DefaultEndpointsProtocol=https;EndpointSuffix=core.windows.net",
        "https://media.blob.core.windows.net/")]
    [InlineData("DefaultEndpointsProtocol=http", "http://media.blob.core.windows.net/")]
    [InlineData("EndpointSuffix=core.example.org;", "https://media.blob.core.example.org/")]
    [InlineData("blobendpoint=http://127.0.0.1:999/media/;TableEndpoint=x", "http://127.0.0.1:999/media")]
    public void Parse_WhatThePortalShows_FindsTheAddress(string rest, string address)
    {
        var connection = AzureConnection.Parse($"AccountName=media;AccountKey={Key};{rest}");

        Assert.Equal(("media", address), (connection.Account, connection.ToString()));
        Assert.Equal(Convert.FromBase64String(Key), connection.Key);
    }

    [Fact]
    public void Parse_DevelopmentStorage_IsAzuriteWhereItListensByDefault()
    {
        var connection = AzureConnection.Parse("UseDevelopmentStorage=true");

        Assert.Equal("http://127.0.0.1:10000/devstoreaccount1", connection.ToString());
        Assert.Equal(AzuriteProcess.Key, Convert.ToBase64String(connection.Key));
    }

    [Theory]
    [InlineData("", "AccountName is missing")]
    [InlineData("AccountKey=" + Key, "AccountName is missing")]
    [InlineData("AccountName=media", "AccountKey is missing")]
    [InlineData("AccountName=Media;AccountKey=" + Key, "AccountName is not")]
    [InlineData("AccountName=media;AccountKey=" + Key + "!", "AccountKey is not base64")]
    [InlineData("AccountName=media;" + Key, "part 2")]
    [InlineData("AccountName=media;AccountKey=" + Key + ";AccountKey=" + Key, "AccountKey twice")]
    [InlineData("AccountName=media;AccountKey=" + Key + ";DefaultEndpointsProtocol=ftp", "DefaultEndpointsProtocol is")]
    [InlineData("AccountName=media;AccountKey=" + Key + ";EndpointSuffix=a/b", "EndpointSuffix does not")]
    [InlineData("AccountName=media;AccountKey=" + Key + ";BlobEndpoint=nowhere", "BlobEndpoint does not")]
    [InlineData("BlobEndpoint=https://media.example.org;SharedAccessSignature=" + Key, "part 2")]
    [InlineData("UseDevelopmentStorage=false", "UseDevelopmentStorage")]
    public void Parse_WhatIsWrong_NamesThePartAndNeverTheKey(string text, string said)
    {
        var error = Assert.Throws<ArgumentException>(() => AzureConnection.Parse(text));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("Media")]
    [InlineData("a--b")]
    [InlineData("-ab")]
    [InlineData("a_b")]
    [InlineData("../x")]
    public void Options_WithAWrongContainer_NameIt(string container)
    {
        var options = new SiloOptions
        {
            BlobConnection = AzureConnection.Parse("UseDevelopmentStorage=true"),
            BlobContainer = container,
        };

        var error = Assert.Throws<ArgumentException>(options.Validate);

        Assert.Contains($"FED_BLOBS_CONTAINER) is '{container}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_Printed_DoNotShowTheKey()
    {
        var options = new SiloOptions { BlobConnection = AzureConnection.Parse($"AccountName=media;AccountKey={Key}") };

        Assert.DoesNotContain(Key, options.ToString() + options.AzureBlobs, StringComparison.Ordinal);
    }
}
