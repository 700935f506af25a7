using System.Diagnostics.Metrics;
using System.Text;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Silo.Gateway.Clients;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;

namespace Fed.Tests.Silo.Clients;

/// <summary>What an Orleans client reaches, and what it does not.</summary>
public sealed class OutsideCallFilterTests(GatewaySilo silo) : IClassFixture<GatewaySilo>
{
    private static readonly Dictionary<string, Func<IGrainFactory, string, Task>> Forbidden = new()
    {
        [nameof(IFederationGrain)] = (grains, name) => grains.GetGrain<IFederationGrain>(name).Describe(),
        [nameof(IFederationIndexGrain)] =
            (grains, _) => grains.GetGrain<IFederationIndexGrain>(IFederationIndexGrain.Key).List(),
        [nameof(IParticipantGrain)] =
            (grains, name) => grains.GetGrain<IParticipantGrain>(GrainKeys.Within(name, "a")).GetKey(),
        [nameof(IClusterAggregatorGrain)] =
            (grains, name) => grains.GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(name, "h264")).GetLedger(),
        [nameof(IUploadStart)] = (grains, name) => grains.GetGrain<IUploadStart>("ticket").Begin(
            name, new ContributionOffer("a", 1, "", 0, "", 1, ""), ""),
        [nameof(IManagementGrain)] = (grains, _) => grains.GetGrain<IManagementGrain>(0).GetHosts(),
    };

    public static TheoryData<string> Names { get; } = new(Forbidden.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Call_OfAnActorThatIsNotForClients_IsRefusedAndCounted(string name)
    {
        var federation = (await silo.CreateAsync()).Name;
        using var client = await RawClient.ConnectAsync(silo);
        using var counted = new Counted(silo.Services.GetRequiredService<IMeterFactory>());

        var refused = await RawClient.ProblemOf(() => Forbidden[name](client.Client, federation));

        Assert.Equal((403, RawClient.CodeOf(RefusalCode.NotForClients)), (refused.Status, refused.Code));
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.Contains(name, counted.Interfaces);
    }

    [Fact]
    public async Task Call_OfTheSameActorsFromTheSilo_GoesOn()
    {
        var federation = (await silo.CreateAsync()).Name;
        var grains = silo.Services.GetRequiredService<IGrainFactory>();

        await Forbidden[nameof(IFederationGrain)](grains, federation);
        await Forbidden[nameof(IClusterAggregatorGrain)](grains, federation);
        await Forbidden[nameof(IManagementGrain)](grains, federation);
    }

    [Fact]
    public async Task Describe_ByAClientThatShowsNothing_IsAnswered()
    {
        var settings = await silo.CreateAsync();
        using var client = await RawClient.ConnectAsync(silo);

        var description = await client.Gateway.Describe(settings.Name);

        Assert.Equal(settings.Name, description.Settings.Name);
    }

    [Theory]
    [InlineData("sys.client", "0123456789abcdef0123456789abcdef", true)]
    [InlineData("sys.client", "hosted-127.0.0.1:1@1", false)]
    [InlineData("federation", "codecs", false)]
    public void Caller_OfEachKind_IsOutsideOrNot(string type, string key, bool outside)
    {
        var caller = GrainId.Create(GrainType.Create(type), IdSpan.Create(key));

        Assert.Equal(outside, OutsideCallFilter.IsOutside(caller));
    }

    [Fact]
    public void Caller_WhoDoesNotSayWhoItIs_IsOutside() => Assert.True(OutsideCallFilter.IsOutside(null));

    /// <summary>The calls that the filter's counter of one silo has counted, by interface.</summary>
    private sealed class Counted : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly List<string?> _interfaces = [];

        public Counted(IMeterFactory meters)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "fedhier.calls.refused" && instrument.Meter.Scope == meters)
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
            {
                lock (_interfaces)
                    _interfaces.Add((string?)tags[0].Value);
            });
            _listener.Start();
        }

        public string?[] Interfaces
        {
            get
            {
                lock (_interfaces)
                    return [.. _interfaces];
            }
        }

        public void Dispose() => _listener.Dispose();
    }
}
