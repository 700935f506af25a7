namespace Fed.Contracts.Federations;

/// <summary>Where a federation stands in its life.</summary>
public enum FederationState
{
    Running = 0,
    Finished = 1,
}
