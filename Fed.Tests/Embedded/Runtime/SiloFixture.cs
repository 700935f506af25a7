using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Fed.Tests.Embedded.Runtime;

/// <summary>
/// One silo with usual settings, shared by the tests of the collection; each test uses keys of its own.
/// </summary>
public sealed class SiloFixture : IAsyncLifetime
{
    public TestSilo Silo { get; private set; } = null!;

    public IGrainFactory Grains => Silo.Grains;

    public Signals Signals => Silo.Signals;

    /// <summary>A key that no other test has.</summary>
    public static string NewKey() => Guid.NewGuid().ToString("N");

    public async Task InitializeAsync() => Silo = await TestSilo.StartAsync(
        silo => silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(20)));

    public async Task DisposeAsync() => await Silo.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class SiloCollection : ICollectionFixture<SiloFixture>
{
    public const string Name = "silo";
}
