using Orleans;

namespace Fed.Contracts.Versions;

/// <summary>Key: federation. It keeps the version DAG: lineage, evaluation and channels.</summary>
[Alias("fed.IModelRegistryGrain")]
public interface IModelRegistryGrain : IGrainWithStringKey
{
    /// <summary>Idempotent by (tier, number).</summary>
    /// <param name="withdrawn">All global versions that are withdrawn by then.</param>
    [Alias("Record")]
    Task Record(VersionRecord version, IReadOnlyList<VersionRange> withdrawn);

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
