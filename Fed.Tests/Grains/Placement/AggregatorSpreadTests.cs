using System.Net;
using Fed.Contracts;
using Fed.Grains.Placement;
using Orleans.Runtime;

namespace Fed.Tests.Grains.Placement;

public sealed class AggregatorSpreadTests
{
    private static readonly IReadOnlyList<string> s_aggregators =
        GrainKeys.Aggregators("codecs", Enumerable.Range(1, 11).Select(number => $"codec-{number}"));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(12)]
    [InlineData(40)]
    public void OfAll_OnAnyNumberOfSilos_GivesNoSiloMoreThanItsShare(int count)
    {
        var places = AggregatorSpread.OfAll(s_aggregators, Silos(count));

        Assert.Equal(s_aggregators.Count, places.Count);
        var share = Math.Ceiling(s_aggregators.Count / (double)count);
        Assert.All(places.GroupBy(silo => silo), silo => Assert.InRange(silo.Count(), 1, share));
    }

    [Fact]
    public void OfAll_WhateverTheOrderOfTheSilos_IsTheSame()
    {
        var silos = Silos(5);

        Assert.Equal(
            AggregatorSpread.OfAll(s_aggregators, silos),
            AggregatorSpread.OfAll(s_aggregators, [.. silos.Reverse()]));
    }

    [Fact]
    public void Of_WhenASiloGoes_MovesOnlyWhatItHad()
    {
        var silos = Silos(4);
        var gone = silos[2];

        Assert.All(s_aggregators, aggregator =>
        {
            var before = AggregatorSpread.Of(aggregator, silos);
            var after = AggregatorSpread.Of(aggregator, [.. silos.Where(silo => !silo.Equals(gone))]);
            Assert.True(before.Equals(gone) || before.Equals(after), aggregator);
        });
    }

    [Fact]
    public void Of_ManyAggregators_IsNearlyEven()
    {
        var silos = Silos(4);

        var counts = Enumerable.Range(0, 4000)
            .GroupBy(number => AggregatorSpread.Of($"federation-{number}", silos))
            .Select(silo => silo.Count());

        // Five standard deviations of a binomial about 1000.
        Assert.All(counts, count => Assert.InRange(count, 863, 1137));
    }

    private static SiloAddress[] Silos(int count) =>
        [.. Enumerable.Range(1, count).Select(port => SiloAddress.New(IPAddress.Loopback, 12000 + port, 1))];
}
