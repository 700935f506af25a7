using Fed.Contracts.Federations;
using Fed.Contracts.Versions;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Fed.Grains;

/// <summary>Everything that the grains log.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "{Work} of {Grain} failed; again in {RetryAfter}")]
    public static partial void BackgroundWorkFailed(
        ILogger logger, Exception error, string work, string grain, TimeSpan retryAfter);

    [LoggerMessage(
        2, LogLevel.Information, "{Grain}: version {Version} ({Kind}) of {Contributions} contributions, model {Model}")]
    public static partial void VersionCommitted(
        ILogger logger, string grain, long version, string kind, int contributions, string model);

    [LoggerMessage(14, LogLevel.Information, "{Grain} moves to {Silo}: the silos have changed")]
    public static partial void AggregatorMoves(ILogger logger, string grain, SiloAddress silo);

    [LoggerMessage(3, LogLevel.Warning, "{Grain}: aggregate {Sequence} was refused by the global tier: {Reason}")]
    public static partial void AggregateRefused(ILogger logger, string grain, long sequence, string reason);

    [LoggerMessage(6, LogLevel.Warning,
        "{Grain}: {Contributions} contributions quarantined by the rollback in global version {Version}")]
    public static partial void ContributionsQuarantined(ILogger logger, string grain, int contributions, long version);

    [LoggerMessage(7, LogLevel.Warning,
        "{Federation}: rolled back to global version {Restored} by {By}; {Withdrawn} withdrawn: {Reason}")]
    public static partial void RolledBack(
        ILogger logger, string federation, long restored, string by, VersionRange withdrawn, string reason);

    [LoggerMessage(
        4, LogLevel.Information, "Federation {Federation} created: {Clusters} clusters, {Participants} participants")]
    public static partial void FederationCreated(ILogger logger, string federation, int clusters, int participants);

    [LoggerMessage(13, LogLevel.Warning, "{Federation}: deadline of tier {Tier} is {Seconds} s now, by {By}: {Reason}")]
    public static partial void DeadlineChanged(
        ILogger logger, string federation, DeadlineTier tier, double seconds, string by, string reason);

    [LoggerMessage(11, LogLevel.Warning, "{Federation}: {Participant} suspended by {By}: {Reason}")]
    public static partial void Suspended(
        ILogger logger, string federation, string participant, string by, string reason);

    [LoggerMessage(12, LogLevel.Warning, "{Federation}: {Participant} resumed by {By}: {Reason}")]
    public static partial void Resumed(
        ILogger logger, string federation, string participant, string by, string reason);

    [LoggerMessage(10, LogLevel.Warning, "Federation {Federation}: {Warning}")]
    public static partial void SettingsWarning(ILogger logger, string federation, string warning);

    [LoggerMessage(5, LogLevel.Information, "Federation {Federation} finished")]
    public static partial void FederationFinished(ILogger logger, string federation);

    [LoggerMessage(9, LogLevel.Warning, "{Participant}: key reset by {By}, the next enrolment brings one: {Reason}")]
    public static partial void KeyReset(ILogger logger, string participant, string by, string reason);

    [LoggerMessage(8, LogLevel.Information,
        "{Removed} blobs collected ({Bytes} bytes), {Needed} needed, {Young} too young; dry run: {DryRun}")]
    public static partial void BlobsCollected(
        ILogger logger, long removed, long bytes, long needed, long young, bool dryRun);
}
