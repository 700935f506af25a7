namespace Fed.Embedded.Activations;

/// <summary>An activation's life, in order; it never goes back.</summary>
internal enum ActivationState
{
    /// <summary>Made, and nothing has run yet.</summary>
    Creating,

    /// <summary>Its constructor, state reads or <c>OnActivateAsync</c> run; calls wait.</summary>
    Activating,

    /// <summary>It takes calls.</summary>
    Valid,

    /// <summary>Running calls end, then <c>OnDeactivateAsync</c> runs; new calls wait and then move on.</summary>
    Deactivating,

    /// <summary>It is gone from the catalog; calls go to a new activation.</summary>
    Invalid,
}
