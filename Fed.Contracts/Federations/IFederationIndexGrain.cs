using Orleans;

namespace Fed.Contracts.Federations;

/// <summary>
/// Key: <see cref="Key"/>. The names of all federations: actors can be called but not listed. A name may be there
/// before its federation, or without one when its creation failed.
/// </summary>
[Alias("fed.IFederationIndexGrain")]
public interface IFederationIndexGrain : IGrainWithStringKey
{
    const string Key = "federations";

    /// <summary>Idempotent; durable when it returns.</summary>
    [Alias("Add")]
    Task Add(string name);

    /// <summary>In alphabetical order.</summary>
    [Alias("List")]
    Task<IReadOnlyList<string>> List();
}
