using Orleans;

namespace Fed.Contracts.Federations;

/// <summary>Key: federation. It alone decides configuration, roster and lifecycle.</summary>
[Alias("fed.IFederationGrain")]
public interface IFederationGrain : IGrainWithStringKey
{
    /// <summary>Creates the federation; the same settings again are accepted, others are refused.</summary>
    /// <param name="settings">Checked here: names, roster, tiers, and that no sum can overflow.</param>
    /// <param name="initialModel">SHA-256 of the initial model's blob.</param>
    /// <param name="layoutHash">Hash of the model's layout.</param>
    /// <param name="parameters">Length of the flat parameter vector.</param>
    [Alias("Create")]
    Task Create(FederationSettings settings, string initialModel, string layoutHash, long parameters);

    /// <exception cref="Refusals.RefusedException">No such federation.</exception>
    [Alias("Describe")]
    Task<FederationDescription> Describe();

    [Alias("GetStatus")]
    Task<FederationStatus> GetStatus();

    /// <summary>Ends the federation: no further contribution is accepted. Idempotent.</summary>
    [Alias("Finish")]
    Task Finish();
}
