namespace Fed.Training;

/// <summary>Which trainer to take.</summary>
public enum TrainerKind
{
    /// <summary>The one that is faster for the model (<see cref="TrainerRule"/>); the managed one without
    /// libtorch.</summary>
    Auto,

    /// <summary>libtorch, or an error that says why it cannot be loaded.</summary>
    Torch,

    /// <summary>No native library, starts at once.</summary>
    Managed,
}
