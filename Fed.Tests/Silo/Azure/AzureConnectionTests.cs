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
    [InlineData("blobendpoint=http://127.0.0.1:999/media/;TableEndpoint=http://127.0.0.1:998/media", "http://127.0.0.1:999/media/")]
    public void Parse_WhatThePortalShows_FindsTheAddress(string rest, string address)
    {
        var connection = AzureConnection.Parse($"AccountName=media;AccountKey={Key};{rest}");

        Assert.Equal(address, connection.ToString());
    }

    [Fact]
    public void Parse_DevelopmentStorage_IsAzuriteWhereItListensByDefault()
    {
        var connection = AzureConnection.Parse("UseDevelopmentStorage=true");

        Assert.Equal("http://127.0.0.1:10000/devstoreaccount1", connection.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("AccountKey=" + Key)]
    [InlineData("AccountName=media;AccountKey=" + Key + "!")]
    [InlineData("AccountName=media;" + Key)]
    [InlineData("AccountName=media;AccountKey=" + Key + ";AccountKey=" + Key)]
    [InlineData("AccountName=media;AccountKey=" + Key + ";BlobEndpoint=nowhere")]
    [InlineData("UseDevelopmentStorage=false")]
    public void Parse_WhatIsWrong_NamesTheSettingAndNeverTheKey(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => AzureConnection.Parse(text));

        Assert.Contains("FED_BLOBS", error.Message, StringComparison.Ordinal);
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
