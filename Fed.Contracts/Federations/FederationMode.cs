namespace Fed.Contracts.Federations;

/// <summary>How the two tiers are coupled. Both are settings of one mechanism (design section 4).</summary>
public enum FederationMode
{
    /// <summary>A cluster publishes its own version as soon as its buffer closes.</summary>
    Async = 0,

    /// <summary>A cluster folds its cohort and then waits for the global version before it publishes.</summary>
    Sync = 1,
}
