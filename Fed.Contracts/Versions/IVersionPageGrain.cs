using Orleans;

namespace Fed.Contracts.Versions;

/// <summary>
/// Key: federation/tier/page. It keeps <see cref="Versions"/> consecutive nodes of one tier, so that what is written
/// for a version does not grow with the number of versions.
/// </summary>
[Alias("fed.IVersionPageGrain")]
public interface IVersionPageGrain : IGrainWithStringKey
{
    /// <summary>Versions of a page; page p has the numbers from p times that on.</summary>
    const int Versions = 64;

    /// <summary>Idempotent; another manifest under the same number takes its place.</summary>
    [Alias("Put")]
    Task Put(VersionRecord version);

    /// <summary>Nothing happens when there is no such version.</summary>
    [Alias("PutEvaluation")]
    Task PutEvaluation(long number, VersionEvaluation evaluation);

    /// <summary>Ascending; what was never put is missing.</summary>
    [Alias("GetAll")]
    Task<IReadOnlyList<VersionRecord>> GetAll();
}
