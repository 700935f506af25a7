namespace Fed.Contracts.Participants;

/// <summary>What a participant is asked to do.</summary>
public enum TaskKind
{
    /// <summary>Train from the model and send the delta.</summary>
    Train = 0,

    /// <summary>Evaluate the model on held-out local data and report.</summary>
    Evaluate = 1,

    /// <summary>The federation has finished: stop.</summary>
    Finish = 2,
}
