using Fed.Tests.Embedded.Grains;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Fed.Tests.Embedded.Runtime;

/// <summary>
/// What Orleans would refuse, by its compiler or at run time, the embedded runtime refuses with a remedy.
/// </summary>
[Collection(SiloCollection.Name)]
public sealed class RefusalTests(SiloFixture silo)
{
    public interface IWithoutClass : IGrainWithStringKey
    {
        Task Ping();
    }

    public interface IOddReturn : IGrainWithStringKey
    {
        int Number();
    }

    [Fact]
    public void GetGrain_OfAnInterfaceWithoutAClass_NamesIt()
    {
        var error = Assert.Throws<ArgumentException>(() => silo.Grains.GetGrain<IWithoutClass>("a"));

        Assert.Contains(nameof(IWithoutClass), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reference_ToAnInterfaceWithAnOddReturnType_NamesTheMethod()
    {
        var error = Assert.ThrowsAny<Exception>(
            () => silo.Grains.GetGrain<IOddReturn>(GrainId.Create("life", "a")));

        Assert.Contains("Number", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WithAnArgumentThatCannotBeSerialised_IsRefusedNamingTheType()
    {
        var grain = silo.Grains.GetGrain<ILooseGrain>(SiloFixture.NewKey());

        var error = await Assert.ThrowsAsync<CodecNotFoundException>(() => grain.Take(new Unmarked()));

        Assert.Contains(nameof(Unmarked), error.Message, StringComparison.Ordinal);
        Assert.Contains("[GenerateSerializer]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_AfterTheSiloStopped_SaysSo()
    {
        var own = await TestSilo.StartAsync();
        var grain = own.Grains.GetGrain<ILifeGrain>(SiloFixture.NewKey());
        await grain.Number();
        await own.StopAsync();

        await Assert.ThrowsAsync<SiloUnavailableException>(() => grain.Number());
        await own.DisposeAsync();
    }

    [Theory]
    [InlineData(0, 10, nameof(GrainCollectionOptions.CollectionQuantum))]
    [InlineData(10, 10, nameof(GrainCollectionOptions.CollectionAge))]
    public async Task Options_ThatCannotWork_StopTheSiloFromStarting(int quantum, int age, string property)
    {
        var error = await Assert.ThrowsAsync<OrleansConfigurationException>(() => TestSilo.StartAsync(
            builder => builder.Configure<GrainCollectionOptions>(options =>
            {
                options.CollectionQuantum = TimeSpan.FromSeconds(quantum);
                options.CollectionAge = TimeSpan.FromSeconds(age);
            })));

        Assert.StartsWith(property, error.Message, StringComparison.Ordinal);
    }
}
