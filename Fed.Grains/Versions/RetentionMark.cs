using System.Collections.Immutable;
using Fed.Contracts;
using Fed.Contracts.Versions;
using Orleans;

namespace Fed.Grains.Versions;

/// <summary>The last time that versions were given up. These times are a chain of signed manifests of their
/// own.</summary>
/// <param name="Number">From 1.</param>
/// <param name="ManifestSha256">The manifest that says so.</param>
/// <param name="Floors">By tier, the lowest version that is kept.</param>
[GenerateSerializer, Immutable, Alias("fed.state.retention")]
public sealed record RetentionMark(
    [property: Id(0)] long Number,
    [property: Id(1)] string ManifestSha256,
    [property: Id(2)] ImmutableDictionary<string, long> Floors)
{
    public static ImmutableDictionary<string, long> None { get; } =
        ImmutableDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>Floors that keep the newest versions of each tier. They never sink: what is gone does not come
    /// back.</summary>
    public static ImmutableDictionary<string, long> Raise(
        RetentionMark? current, IEnumerable<KeyValuePair<string, long>> newest, int keep)
    {
        var floors = current?.Floors ?? None;
        foreach (var (tier, number) in newest)
        {
            // An earlier move of stable says nothing of a version that is kept; the record of retention holds no blobs.
            var floor = tier switch
            {
                TierNames.Retention => 0,
                TierNames.Stable => number,
                _ => number - keep + 1,
            };
            if (floor > floors.GetValueOrDefault(tier))
                floors = floors.SetItem(tier, floor);
        }

        return floors;
    }

    /// <summary>The manifest of the next one.</summary>
    /// <param name="current">Null before the first.</param>
    public static VersionManifest Next(
        RetentionMark? current,
        string federation,
        IReadOnlyDictionary<string, long> floors,
        RetentionRequest request,
        DateTimeOffset now) => new()
        {
            Federation = federation,
            Tier = TierNames.Retention,
            Number = (current?.Number ?? 0) + 1,
            Kind = "retention",
            ModelSha256 = "",
            Parents = current is null ? [] : [current.ManifestSha256],
            Floors = floors,
            By = request.By,
            Reason = request.Reason,
            CommittedAt = now,
        };
}
