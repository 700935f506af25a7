using Fed.Embedded.Calls;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Fed.Embedded.Activations;

/// <summary>All that the runtime logs.</summary>
internal sealed partial class SiloLog(ILogger logger)
{
    [LoggerMessage(1, LogLevel.Error, "Activating {GrainId} failed; its callers get this exception.")]
    public partial void ActivationFailed(GrainId grainId, Exception error);

    [LoggerMessage(2, LogLevel.Error, "Deactivating {GrainId} met an exception; it ends all the same.")]
    public partial void DeactivationFailed(GrainId grainId, Exception error);

    [LoggerMessage(3, LogLevel.Warning, "One-way call {Call} failed.")]
    public partial void OneWayCallFailed(GrainCall call, Exception error);

    [LoggerMessage(4, LogLevel.Warning, "A timer of {GrainId} threw; it goes on with its next tick.")]
    public partial void TimerFailed(GrainId grainId, Exception error);

    [LoggerMessage(5, LogLevel.Warning, "Stopped while {Count} grains had not finished deactivating.")]
    public partial void StoppedEarly(int count);

    [LoggerMessage(6, LogLevel.Error, "{Operation} of state {StateName} of {GrainId} failed.")]
    public partial void StorageFailed(string operation, string stateName, GrainId grainId, Exception error);
}
