using Microsoft.Extensions.Logging;

namespace Fed.Grains;

/// <summary>Everything that the grains log.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "{Work} of {Grain} failed; again in {RetryAfter}")]
    public static partial void BackgroundWorkFailed(
        ILogger logger, Exception error, string work, string grain, TimeSpan retryAfter);

    [LoggerMessage(2, LogLevel.Information, "{Grain}: version {Version} ({Kind}) of {Contributions} contributions, model {Model}")]
    public static partial void VersionCommitted(
        ILogger logger, string grain, long version, string kind, int contributions, string model);

    [LoggerMessage(3, LogLevel.Warning, "{Grain}: aggregate {Sequence} was refused by the global tier: {Reason}")]
    public static partial void AggregateRefused(ILogger logger, string grain, long sequence, string reason);

    [LoggerMessage(4, LogLevel.Information, "Federation {Federation} created: {Clusters} clusters, {Participants} participants")]
    public static partial void FederationCreated(ILogger logger, string federation, int clusters, int participants);

    [LoggerMessage(5, LogLevel.Information, "Federation {Federation} finished")]
    public static partial void FederationFinished(ILogger logger, string federation);
}
