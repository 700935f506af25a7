namespace Fed.Embedded.Calls;

/// <summary>Where calls to one grain go: its activation, or its group of stateless workers.</summary>
internal interface ICallTarget
{
    /// <summary>Queues a call. False when this target has ended: look the grain up again.</summary>
    bool TryReceive(GrainCall call);
}
