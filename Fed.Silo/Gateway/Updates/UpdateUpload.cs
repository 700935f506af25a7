using System.Security.Cryptography;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Core.Blocks;
using Fed.Core.FailPoints;
using Fed.Silo.Federations;
using Microsoft.AspNetCore.Http.Features;
using Orleans;

namespace Fed.Silo.Gateway.Updates;

/// <summary>
/// An update's way in (design section 5). Cheap checks come first, and nobody writes to the disk without the key:
/// the length is bounded and the signature verified over the claimed digest before the first byte of the body is read;
/// while it streams to a temporary file it is validated and hashed; the digest is compared; the actors are asked; and
/// only then do the bytes become a blob and the blob a contribution.
/// </summary>
public sealed class UpdateUpload(
    FederationDirectory federations, IGrainFactory grains, IBlobStore blobs, ParticipantGate gate, KeyCache keys)
{
    public const string ContentType = "application/vnd.fedhier.update";

    /// <returns>The receipt, and whether it is a new one.</returns>
    /// <exception cref="RefusedException">The update is refused; nothing of it is kept.</exception>
    public async Task<(Receipt Receipt, bool IsNew)> ReceiveAsync(
        string federation, string participant, long sequence, HttpRequest request, CancellationToken aborted)
    {
        var grain = grains.GetGrain<IParticipantGrain>(RouteNames.ParticipantKey(federation, participant));
        MediaTypes.Require(request, ContentType);
        var profile = await federations.GetAsync(federation);
        var length = RequireLength(request, profile.Update.MaxBytes);
        var digest = ContentDigest.Parse(request.Headers["Content-Digest"]);
        var sha256 = Convert.ToHexStringLower(digest);
        var signature = (string?)request.Headers[UpdateSignature.Header];
        UpdateSignature.Require(
            signature,
            await grain.GetPublicKey(),
            UpdateSignature.Text(federation, participant, sequence, sha256),
            keys);

        await using var writer = await blobs.CreateAsync(aborted);
        var header = await CopyAsync(request.Body, writer, profile.Update, aborted);
        if (!CryptographicOperations.FixedTimeEquals(Convert.FromHexString(writer.Sha256), digest))
        {
            throw new RefusedException(
                RefusalCode.DigestMismatch,
                $"the body's SHA-256 is {writer.Sha256}, Content-Digest says {sha256}",
                "send the same bytes again under the same sequence number");
        }

        var offer = new ContributionOffer(
            participant, sequence, sha256, length, header.BaseModel, header.Weight, signature!);
        using var turn = await gate.EnterAsync($"{federation}/{participant}", aborted);
        if (await grain.Check(offer) is { } first)
            return (first, false);
        await writer.CommitAsync(aborted);
        FailPoint.Hit(FailPointNames.GatewayBeforeSubmit);
        var receipt = await grain.Submit(offer);
        FailPoint.Hit(FailPointNames.GatewayAfterSubmit);
        return (receipt, true);
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
