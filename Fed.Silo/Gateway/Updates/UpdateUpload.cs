using System.Security.Cryptography;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Contracts.Wire;
using Fed.Core.Blocks;
using Fed.Core.FailPoints;
using Fed.Silo.Federations;
using Fed.Silo.Storage;
using Microsoft.AspNetCore.Http.Features;
using Orleans;

namespace Fed.Silo.Gateway.Updates;

/// <summary>
/// An update's way in (design section 5). Cheap checks come first: before the first byte of the body is read, the
/// length is bounded, the signature verified over the claimed digest, and the actors are asked whether they would take
/// it. While it streams to a temporary file it is validated and hashed; the digest is compared; and only then do the
/// bytes become a blob and the blob a contribution.
/// </summary>
public sealed class UpdateUpload(
    FederationDirectory federations, IGrainFactory grains, IBlobStore blobs, KeyCache keys)
{
    /// <exception cref="RefusedException">The update is refused; nothing of it is kept.</exception>
    public async Task<Acceptance> ReceiveAsync(
        string federation, string participant, long sequence, HttpRequest request, CancellationToken aborted)
    {
        var key = RouteNames.ParticipantKey(federation, participant);
        MediaTypes.Require(request, WireFormat.UpdateType);
        var profile = await federations.GetAsync(federation);
        var length = RequireLength(request, profile.Update.MaxBytes);
        var digest = ContentDigest.Parse(request.Headers[WireFormat.DigestHeader]);
        var sha256 = Convert.ToHexStringLower(digest);
        var claimed = new ContributionOffer(
            participant,
            sequence,
            sha256,
            length,
            RequireBaseModel(request),
            ContributionOffer.NotYetKnown,
            (string?)request.Headers[WireFormat.SignatureHeader] ?? "");
        var opened = await grains.GetGrain<IParticipantGrain>(key).Open(claimed, aborted);
        UpdateSignature.Require(
            claimed.Signature,
            opened.PublicKey,
            WireFormat.UpdateText(federation, participant, sequence, sha256),
            keys);
        if (opened.Refused is { } refused)
            throw refused;
        if (opened.First is { } first)
            return new Acceptance(first, IsNew: false);

        await using var writer = await blobs.CreateAsync(aborted);
        var header = await CopyAsync(request.Body, writer, profile.Update, aborted);
        RequireSameBase(claimed.BaseModel, header.BaseModel);
        if (!CryptographicOperations.FixedTimeEquals(Convert.FromHexString(writer.Sha256), digest))
        {
            throw new RefusedException(
                RefusalCode.DigestMismatch,
                $"the body's SHA-256 is {writer.Sha256}, Content-Digest says {sha256}",
                "send the same bytes again under the same sequence number");
        }

        await writer.CommitAsync(aborted);
        FailPoint.Hit(FailPointNames.GatewayBeforeSubmit);
        // Who is refused now has lost a race, since it would have been taken a moment ago: the collector removes it.
        var acceptance = await grains
            .GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(federation, opened.Cluster))
            .Contribute(claimed with { Examples = header.Weight }, aborted);
        FailPoint.Hit(FailPointNames.GatewayAfterSubmit);
        return acceptance;
    }

    private static string RequireBaseModel(HttpRequest request)
    {
        var named = request.Headers[WireFormat.BaseModelHeader];
        return named.Count == 1 && named[0] is { } sha256 && BlobName.IsValid(sha256)
            ? sha256
            : throw new RefusedException(
                RefusalCode.InvalidRequest,
                named.Count == 0
                    ? $"the header {WireFormat.BaseModelHeader} is missing"
                    : $"the header {WireFormat.BaseModelHeader} is not one SHA-256 of 64 lower-case hex digits",
                "send the modelSha256 of the task that the update was trained for");
    }

    private static void RequireSameBase(string claimed, string actual)
    {
        if (actual != claimed)
        {
            throw new RefusedException(
                RefusalCode.UpdateMalformed,
                $"the update is against base model {actual}; the header {WireFormat.BaseModelHeader} says {claimed}",
                "send the modelSha256 of the task that the update was trained for");
        }
    }

    private static long RequireLength(HttpRequest request, long most)
    {
        if (request.ContentLength is not { } length)
        {
            throw new BadHttpRequestException(
                "the header Content-Length is missing", StatusCodes.Status411LengthRequired);
        }

        if (length > most)
        {
            throw new RefusedException(
                RefusalCode.UpdateTooLarge,
                $"the update has {length} bytes; this federation's are at most {most}",
                "send one update file of the federation's model and codec");
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = length;
        return length;
    }

    private static async Task<BlockFileHeader> CopyAsync(
        Stream body, IBlobWriter writer, UpdateExpectation expectation, CancellationToken aborted)
    {
        try
        {
            return await UpdateIntake.CopyAsync(body, writer.Stream, expectation, aborted);
        }
        catch (BadHttpRequestException truncated) when (truncated.StatusCode == StatusCodes.Status400BadRequest)
        {
            throw new RefusedException(
                RefusalCode.UpdateTruncated,
                "the body ended before the length that Content-Length names",
                "send the same bytes again under the same sequence number");
        }
    }
}
