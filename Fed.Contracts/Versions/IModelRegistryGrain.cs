using Orleans;

namespace Fed.Contracts.Versions;

/// <summary>Key: federation. It keeps the version DAG: lineage and evaluation.</summary>
[Alias("fed.IModelRegistryGrain")]
public interface IModelRegistryGrain : IGrainWithStringKey
{
    /// <summary>Idempotent by (tier, number).</summary>
    [Alias("Record")]
    Task Record(VersionRecord version);

    [Alias("RecordEvaluation")]
    Task RecordEvaluation(string tier, long number, VersionEvaluation evaluation);

    /// <summary>The newest versions first, of one tier or (null) of all.</summary>
    [Alias("GetVersions")]
    Task<IReadOnlyList<VersionRecord>> GetVersions(string? tier, int limit);
}
