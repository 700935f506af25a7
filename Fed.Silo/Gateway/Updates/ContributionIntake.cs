using System.Security.Cryptography;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Contracts.Wire;
using Fed.Core.Blocks;
using Fed.Core.FailPoints;
using Fed.Grains.Telemetry;
using Fed.Silo.Federations;
using Fed.Silo.Gateway.Status;
using Fed.Silo.Storage;
using Orleans;

namespace Fed.Silo.Gateway.Updates;

/// <summary>
/// An update's way in (design section 5), whether it comes over HTTP or from an Orleans client. Cheap checks come
/// first: before the first byte of the body is read, the length is bounded, the signature verified over the claimed
/// digest, and the actors are asked whether they would take it. While it streams to a temporary file it is validated
/// and hashed; the digest is compared; and only then do the bytes become a blob and the blob a contribution.
/// </summary>
public sealed class ContributionIntake(
    FederationDirectory federations,
    IGrainFactory grains,
    IBlobStore blobs,
    KeyCache keys,
    StatusFeeds feeds,
    FedMetrics metrics,
    ILogger<ContributionIntake> logger)
{
    /// <param name="claimed">What the sender says of the body.</param>
    /// <exception cref="RefusedException">The update is refused; nothing of it is kept.</exception>
    /// <exception cref="UpdateFaultException">The same.</exception>
    public async Task<Acceptance> ReceiveAsync(
        string federation, ContributionOffer claimed, Stream body, CancellationToken aborted)
    {
        var opened = await OpenAsync(federation, claimed, aborted);
        return opened.First is { } first
            ? new Acceptance(first, IsNew: false)
            : await TakeAsync(federation, claimed, opened, body, aborted);
    }

    /// <summary>Everything that can be said without the body.</summary>
    /// <returns>Where it is to go, or the receipt of its first arrival.</returns>
    /// <exception cref="RefusedException">The update is refused.</exception>
    public async Task<OpenedOffer> OpenAsync(string federation, ContributionOffer claimed, CancellationToken aborted)
    {
        var opened = await CountRefusalAsync(federation, claimed, () => FindPlaceAsync(federation, claimed, aborted));
        if (opened.First is not null)
            metrics.Contributed(federation, opened.Cluster, "duplicate", "none");
        return opened;
    }

    private async Task<OpenedOffer> FindPlaceAsync(
        string federation, ContributionOffer claimed, CancellationToken aborted)
    {
        var key = RouteNames.ParticipantKey(federation, claimed.Participant);
        var profile = await federations.GetAsync(federation);
        RequireForm(claimed, profile.Update.MaxBytes);
        var opened = await grains.GetGrain<IParticipantGrain>(key).Open(claimed, aborted);
        UpdateSignature.Require(
            claimed.Signature,
            opened.PublicKey,
            WireFormat.UpdateText(federation, claimed.Participant, claimed.Sequence, claimed.Sha256),
            keys);
        return opened.Refused is { } refused ? throw refused : opened;
    }

    /// <param name="opened">The answer to the same claim.</param>
    /// <inheritdoc cref="ReceiveAsync"/>
    public async Task<Acceptance> TakeAsync(
        string federation, ContributionOffer claimed, OpenedOffer opened, Stream body, CancellationToken aborted)
    {
        var (acceptance, norm) = await CountRefusalAsync(
            federation, claimed, () => StoreAsync(federation, claimed, opened, body, aborted));
        metrics.Contributed(federation, opened.Cluster, acceptance.IsNew ? "accepted" : "duplicate", "none");
        if (!acceptance.IsNew)
            return acceptance;
        Log.UpdateAccepted(logger, claimed.Sequence, claimed.Participant, federation, claimed.Bytes);
        var update = (await federations.GetAsync(federation)).Update;
        metrics.Accepted(
            federation,
            opened.Cluster,
            update.Codec,
            claimed.Bytes,
            update.Dimension * sizeof(float),
            acceptance.Receipt.Staleness,
            norm);
        return acceptance;
    }

    private async Task<(Acceptance Acceptance, double Norm)> StoreAsync(
        string federation, ContributionOffer claimed, OpenedOffer opened, Stream body, CancellationToken aborted)
    {
        var profile = await federations.GetAsync(federation);
        using var upload = FedTraces.StartUpload(claimed.Bytes);
        await using var writer = await blobs.CreateAsync(aborted);
        var (header, norm) = await UpdateIntake.CopyAsync(body, writer.Stream, profile.Update, aborted);
        RequireSameBase(claimed.BaseModel, header.BaseModel);
        RequireSameBytes(claimed.Sha256, writer.Sha256);
        await writer.CommitAsync(aborted);
        upload?.Stop();
        FailPoint.Hit(FailPointNames.GatewayBeforeSubmit);
        // Who is refused now has lost a race, since it would have been taken a moment ago: the collector removes it.
        var acceptance = await grains
            .GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(federation, opened.Cluster))
            .Contribute(claimed with { Examples = header.Weight, Norm = norm }, aborted);
        FailPoint.Hit(FailPointNames.GatewayAfterSubmit);
        feeds.Nudge(federation);
        return (acceptance, norm);
    }

    /// <summary>Under names that stewards gave: what a caller makes up has no series of its own.</summary>
    private async Task<T> CountRefusalAsync<T>(string federation, ContributionOffer claimed, Func<Task<T>> step)
    {
        try
        {
            return await step();
        }
        catch (Exception error) when (ProblemTable.Of(error) is { Status: >= 400 and < 500 } problem)
        {
            var profile = federations.Find(federation);
            metrics.Contributed(
                profile is null ? "" : federation,
                profile?.ClusterOf(claimed.Participant) ?? "",
                "refused",
                problem.Code);
            throw;
        }
    }

    private static void RequireForm(ContributionOffer claimed, long most)
    {
        if (claimed.Bytes > most)
        {
            throw new RefusedException(
                RefusalCode.UpdateTooLarge,
                $"the update has {claimed.Bytes} bytes; this federation's are at most {most}",
                "send one update file of the federation's model and codec");
        }

        if (claimed.Bytes < 0 || claimed.Sequence < 1)
        {
            throw Invalid(
                $"the update is said to have {claimed.Bytes} bytes and sequence number {claimed.Sequence}; they must "
                + "be at least 0 and 1",
                "send the length of the update and the next sequence number");
        }

        if (!BlobName.IsValid(claimed.Sha256))
            throw Invalid("the update's SHA-256 is not 64 lower-case hex digits", "send the hash of its bytes");
        if (!BlobName.IsValid(claimed.BaseModel))
        {
            throw Invalid(
                $"{WireFormat.BaseModelHeader} is not one SHA-256 of 64 lower-case hex digits",
                "send the modelSha256 of the task that the update was trained for");
        }
    }

    private static RefusedException Invalid(string message, string remedy) =>
        new(RefusalCode.InvalidRequest, message, remedy);

    private static void RequireSameBase(string claimed, string actual)
    {
        if (actual != claimed)
        {
            throw new RefusedException(
                RefusalCode.UpdateMalformed,
                $"the update is against base model {actual}; {WireFormat.BaseModelHeader} says {claimed}",
                "send the modelSha256 of the task that the update was trained for");
        }
    }

    private static void RequireSameBytes(string claimed, string actual)
    {
        if (!CryptographicOperations.FixedTimeEquals(Convert.FromHexString(actual), Convert.FromHexString(claimed)))
        {
            throw new RefusedException(
                RefusalCode.DigestMismatch,
                $"the body's SHA-256 is {actual}, {WireFormat.DigestHeader} says {claimed}",
                "send the same bytes again under the same sequence number");
        }
    }
}
