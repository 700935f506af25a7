using System.Collections.Immutable;
using Orleans;

namespace Fed.Contracts.Versions;

/// <summary>Key: federation. It keeps the version DAG: lineage, evaluation and channels.</summary>
[Alias("fed.IModelRegistryGrain")]
public interface IModelRegistryGrain : IGrainWithStringKey
{
    /// <summary>Idempotent by (tier, number).</summary>
    /// <param name="withdrawn">All global versions that are withdrawn by then.</param>
    [Alias("Record")]
    Task Record(VersionRecord version, IReadOnlyList<VersionRange> withdrawn, CancellationToken cancellationToken);

    /// <summary>One version, or null.</summary>
    [Alias("Find")]
    Task<VersionRecord?> Find(string tier, long number);

    [Alias("RecordEvaluation")]
    Task RecordEvaluation(string tier, long number, VersionEvaluation evaluation);

    /// <summary>Points the channel stable at a global version; to where it points already is no move.</summary>
    /// <exception cref="Refusals.RefusedException">No such version, or it is withdrawn or no
    /// longer kept.</exception>
    [Alias("Promote")]
    Task<ChannelView> Promote(PromotionRequest request);

    /// <summary>Gives up all but the newest versions of each tier, or (null) only says what is kept.</summary>
    [Alias("Retain")]
    Task<RetentionView> Retain(RetentionRequest? request);

    /// <summary>First candidate, then stable.</summary>
    [Alias("GetChannels")]
    Task<IReadOnlyList<ChannelView>> GetChannels();

    /// <summary>The newest versions first, of one tier or (null) of all.</summary>
    [Alias("GetVersions")]
    Task<IReadOnlyList<VersionRecord>> GetVersions(string? tier, int limit);
}

/// <summary>A steward's order to point a channel at a global version.</summary>
/// <param name="Version">Number of the global version.</param>
/// <param name="By">Who ordered it; stands in the channel's manifest.</param>
/// <param name="Reason">Why; stands there too.</param>
[GenerateSerializer, Immutable, Alias("fed.promotion-request")]
public sealed record PromotionRequest(
    [property: Id(0)] long Version, [property: Id(1)] string By, [property: Id(2)] string Reason);

/// <summary>A steward's order to go back to an earlier global version.</summary>
/// <param name="Version">Number of the global version to restore.</param>
/// <param name="By">Who ordered it; stands in the manifest.</param>
/// <param name="Reason">Why; stands in the manifest.</param>
[GenerateSerializer, Immutable, Alias("fed.rollback-request")]
public sealed record RollbackRequest(
    [property: Id(0)] long Version, [property: Id(1)] string By, [property: Id(2)] string Reason);

/// <summary>A steward's order to give up old versions.</summary>
/// <param name="Keep">Versions of each tier that are kept, the newest; at least 1.</param>
/// <param name="By">Who ordered it; stands in the manifest.</param>
/// <param name="Reason">Why; stands in the manifest.</param>
/// <param name="DryRun">Only say what would be.</param>
[GenerateSerializer, Immutable, Alias("fed.retention-request")]
public sealed record RetentionRequest(
    [property: Id(0)] int Keep,
    [property: Id(1)] string By,
    [property: Id(2)] string Reason,
    [property: Id(3)] bool DryRun);

/// <summary>What a federation keeps.</summary>
/// <param name="Floors">By tier, the lowest version that is kept; a tier that is missing keeps all.</param>
/// <param name="Stable">The global version that stable points to; kept too.</param>
/// <param name="Heads">Newest manifests of the tiers that the registry itself writes: stable and retention.</param>
[GenerateSerializer, Immutable, Alias("fed.retention")]
public sealed record RetentionView(
    [property: Id(0)] ImmutableDictionary<string, long> Floors,
    [property: Id(1)] long? Stable,
    [property: Id(2)] IReadOnlyList<string> Heads);

/// <summary>A name for a version, which moves: <c>candidate</c> is the newest one, <c>stable</c> what stewards
/// promoted.</summary>
/// <param name="Version">The global version; null while nothing was promoted.</param>
/// <param name="Move">The last move, a version of the tier that is named after the channel; null for candidate.</param>
[GenerateSerializer, Immutable, Alias("fed.channel")]
public sealed record ChannelView(
    [property: Id(0)] string Name, [property: Id(1)] VersionRecord? Version, [property: Id(2)] VersionRecord? Move);
