using System.Security.Cryptography;
using System.Text;
using Orleans;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Fed.Grains.Placement;

/// <summary>
/// Which silo an aggregator belongs on: that which its name ranks highest (rendezvous hashing: Thaler, Ravishankar,
/// "Using name-based mappings to increase hit rates", 1998). Whoever asks, wherever, gets the same answer, and a silo
/// that comes or goes changes little.
/// </summary>
public static class AggregatorSpread
{
    /// <summary>For one aggregator by itself.</summary>
    /// <param name="aggregator">Its key.</param>
    /// <param name="silos">At least one.</param>
    public static SiloAddress Of(string aggregator, IReadOnlyList<SiloAddress> silos) =>
        silos.MaxBy(silo => Rank(aggregator, silo))!;

    /// <summary>
    /// For all aggregators of one federation: no silo has more than its share, rounded up. Each in turn takes the silo
    /// that it ranks highest of those that are not full.
    /// </summary>
    /// <param name="aggregators">Their keys, in an order that all agree on.</param>
    /// <param name="silos">At least one.</param>
    /// <returns>Of each, in the same order.</returns>
    public static IReadOnlyList<SiloAddress> OfAll(
        IReadOnlyList<string> aggregators, IReadOnlyList<SiloAddress> silos)
    {
        var share = (aggregators.Count + silos.Count - 1) / silos.Count;
        var load = silos.ToDictionary(silo => silo, _ => 0);
        return
        [
            .. aggregators.Select(aggregator =>
            {
                var chosen = Of(aggregator, [.. silos.Where(silo => load[silo] < share)]);
                load[chosen]++;
                return chosen;
            }),
        ];
    }

    private static UInt128 Rank(string aggregator, SiloAddress silo)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{aggregator}@{silo.ToParsableString()}"), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}

/// <summary>Aggregators are spread over the silos, and move when those change.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SpreadPlacementAttribute() : PlacementAttribute(new SpreadPlacement());

/// <inheritdoc cref="SpreadPlacementAttribute"/>
[GenerateSerializer, Immutable, Alias("fed.SpreadPlacement")]
public sealed class SpreadPlacement : PlacementStrategy;

/// <summary>
/// Places an aggregator where it says that it moves to, else by its own rank: whoever else its federation has is not
/// known here, and <see cref="AggregatorPlace"/> mends it.
/// </summary>
public sealed class SpreadPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        return Task.FromResult(
            IPlacementDirector.GetPlacementHint(target.RequestContextData, silos)
            ?? AggregatorSpread.Of($"{target.GrainIdentity.Key}", silos));
    }
}
