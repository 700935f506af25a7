using Fed.Silo.Hosting;
using Microsoft.Extensions.Configuration;

namespace Fed.Tests.Silo;

/// <summary>Who keeps what the silos share, by name.</summary>
public sealed class SiloProvidersTests
{
    private const string Connection = "DefaultEndpointsProtocol=https;AccountName=abc;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net";

    [Fact]
    public void Read_OfNothing_NeedsNothingSetUp() =>
        Assert.Equal(new SiloProviders("localhost", "sqlite", "memory", null, null), Read());

    [Fact]
    public void Read_AllInAzure_TakesTheConnectionStringAndDoesNotShowIt()
    {
        var providers = Read(
            ("Clustering", "azure"), ("State", "azure"), ("Reminders", "azure"), ("Azure:ConnectionString", Connection));

        Assert.Equal(new SiloProviders("azure", "azure", "azure", Connection), providers);
        Assert.DoesNotContain("AccountKey", providers.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Clustering", "consul", "localhost or azure or redis")]
    [InlineData("State", "postgres", "sqlite or memory or azure or redis")]
    [InlineData("State", "SQLite", "sqlite or memory or azure or redis")]
    [InlineData("Reminders", "kafka", "memory or azure or redis")]
    public void Read_UnknownName_NamesVariableValueAndChoices(string setting, string name, string choices)
    {
        var error = Assert.Throws<ArgumentException>(() => Read((setting, name)));

        Assert.Equal($"FED_Providers__{setting} is '{name}'; use {choices}", error.Message);
    }

    [Fact]
    public void Read_UnknownSetting_NamesTheSettings()
    {
        var error = Assert.Throws<ArgumentException>(() => Read(("Storage", "sqlite")));

        Assert.Equal(
            "FED_Providers__Storage is no setting; the settings are Clustering, State, Reminders, Azure, Redis", error.Message);
    }

    [Fact]
    public void Read_AzureWithoutConnectionString_SaysWhatToGive()
    {
        var error = Assert.Throws<ArgumentException>(() => Read(("State", "azure")));

        Assert.StartsWith("FED_Providers__Azure__ConnectionString is empty; ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("garbage-with-secret")]
    [InlineData("AccountKey=c2VjcmV0")]
    public void Read_NoConnectionString_IsRefusedWithoutQuotingIt(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => Read(("State", "azure"), ("Azure:ConnectionString", text)));

        Assert.StartsWith(
            "FED_Providers__Azure__ConnectionString is no connection string; ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(text, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SharedMembershipOverStateOfOneSilo_IsRefused()
    {
        var error = Assert.Throws<ArgumentException>(
            () => Read(("Clustering", "azure"), ("Azure:ConnectionString", Connection)));

        Assert.Contains("State is sqlite and Reminders is memory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OneOfThreeAlone_SaysWhichAndWhatTo()
    {
        var error = Assert.Throws<ArgumentException>(() => Read(
            ("Clustering", "redis"), ("State", "azure"), ("Redis:ConnectionString", "host"),
            ("Azure:ConnectionString", Connection)));

        Assert.Equal(
            "FED_Providers__Clustering is redis, but Reminders is memory, which silos do not share; set it to azure or "
            + "redis",
            error.Message);
    }

    [Fact]
    public void Read_SharedByTwoServers_TakesBothConnectionStrings()
    {
        var providers = Read(
            ("Clustering", "azure"), ("State", "redis"), ("Reminders", "redis"), ("Azure:ConnectionString", Connection),
            ("Redis:ConnectionString", "host:6380,ssl=true,password=sesame"));

        Assert.Equal(
            new SiloProviders("azure", "redis", "redis", Connection, "host:6380,ssl=true,password=sesame"), providers);
        Assert.DoesNotContain("sesame", providers.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("host,sesame=yes")]
    [InlineData("password=sesame")]
    [InlineData("host,connectTimeout=sesame")]
    public void Read_NoConnectionStringOfRedis_IsRefusedWithoutQuotingIt(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => Read(("State", "redis"), ("Redis:ConnectionString", text)));

        Assert.StartsWith(
            "FED_Providers__Redis__ConnectionString is no connection string; ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_SharedMembershipOverFoldersOfOneSilo_NamesTheOption()
    {
        var providers = new SiloProviders("azure", "azure", "azure", Connection);
        var options = new SiloOptions { BlobFolder = "/shared/blobs", KeyFolder = "/shared/keys" };

        providers.Check(options);
        var blobs = Assert.Throws<ArgumentException>(() => providers.Check(options with { BlobFolder = null }));
        var keys = Assert.Throws<ArgumentException>(() => providers.Check(options with { KeyFolder = null }));
        var state = Assert.Throws<ArgumentException>(() => (providers with { State = "memory" }).Check(options));

        Assert.Contains("--blobs", blobs.Message, StringComparison.Ordinal);
        Assert.Contains("--keys", keys.Message, StringComparison.Ordinal);
        Assert.Contains("State is memory", state.Message, StringComparison.Ordinal);
        new SiloProviders().Check(new SiloOptions());
    }

    private static SiloProviders Read(params (string Key, string Value)[] settings) => SiloProviders.Read(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(
                setting => KeyValuePair.Create($"Providers:{setting.Key}", (string?)setting.Value)))
            .Build());
}
