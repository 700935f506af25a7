namespace Fed.Silo;

/// <summary>Every message that the silo logs. No keys, signatures, or tensor values.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Silo {Version} with the {Runtime} runtime, data in {Folder}")]
    public static partial void Starting(ILogger logger, string version, string runtime, string folder);

    [LoggerMessage(2, LogLevel.Information, "Listening on {Address}; metrics at {Metrics}")]
    public static partial void Listening(ILogger logger, string address, string metrics);

    [LoggerMessage(3, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(4, LogLevel.Information, "Federation {Federation}: {Parameters} parameters, created now: {Created}")]
    public static partial void FederationServed(ILogger logger, string federation, long parameters, bool created);

    [LoggerMessage(5, LogLevel.Error, "Federation {Federation} could not be woken; tried again in a minute")]
    public static partial void FederationAsleep(ILogger logger, Exception error, string federation);

    [LoggerMessage(8, LogLevel.Warning, "Cluster {Cluster} could not be asked for changes; asked again soon")]
    public static partial void ClusterUnwatched(ILogger logger, Exception error, string cluster);

    [LoggerMessage(
        10, LogLevel.Information, "{Method} {Path} refused: {Status} {Code}, {Detail} ({Untold} of this code before)")]
    public static partial void RequestRefused(
        ILogger logger, string method, string path, int status, string code, string detail, int untold);

    [LoggerMessage(11, LogLevel.Warning, "{Method} {Path} could not be served now: {Code}")]
    public static partial void RequestUnavailable(
        ILogger logger, Exception error, string method, string path, string code);

    [LoggerMessage(12, LogLevel.Error, "{Method} {Path} failed, trace {TraceId}")]
    public static partial void RequestFailed(
        ILogger logger, Exception error, string method, string path, string traceId);

    [LoggerMessage(14, LogLevel.Debug, "{Method} {Path} came while the silo is {Phase}")]
    public static partial void NotReady(ILogger logger, string method, string path, string phase);

    [LoggerMessage(20, LogLevel.Debug, "Update {Sequence} of {Participant} in {Federation} accepted, {Bytes} B")]
    public static partial void UpdateAccepted(
        ILogger logger, long sequence, string participant, string federation, long bytes);

    [LoggerMessage(6, LogLevel.Information, "Blobs in container {Container} at {Address}")]
    public static partial void BlobsInAzure(ILogger logger, string container, string address);

    [LoggerMessage(40, LogLevel.Warning, "{Request}: storage away ({Reason}), tried again in {Pause}")]
    public static partial void StorageRetried(ILogger logger, string request, string reason, TimeSpan pause);

    [LoggerMessage(41, LogLevel.Warning, "Waits up to {Seconds} s for {Storage}: {Reason}")]
    public static partial void StorageAwaited(ILogger logger, string storage, int seconds, string reason);

    [LoggerMessage(
        42, LogLevel.Warning, "A power cut can take acknowledged contributions: {Weakness}; set appendonly yes and "
            + "appendfsync always in Redis")]
    public static partial void StateMayBeLost(ILogger logger, string weakness);

    [LoggerMessage(30, LogLevel.Warning, "The status of {Federation} is not known now")]
    public static partial void StatusUnknown(ILogger logger, Exception error, string federation);

    [LoggerMessage(31, LogLevel.Error, "Nothing was collected; tried again in {Pause}")]
    public static partial void CollectionFailed(ILogger logger, Exception error, TimeSpan pause);
}
