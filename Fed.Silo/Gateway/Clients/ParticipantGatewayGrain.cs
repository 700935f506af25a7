using System.Security.Cryptography;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Wire;
using Fed.Grains.Telemetry;
using Fed.Silo.Gateway.Updates;
using Fed.Silo.Hosting;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Silo.Gateway.Clients;

/// <summary>
/// The gateway of Orleans clients, beside the one that speaks HTTP: it asks who calls, and hands on to the same code.
/// On the silo that the client is connected to.
/// </summary>
[StatelessWorker, Reentrant]
internal sealed class ParticipantGatewayGrain(
    ParticipantDesk desk,
    LongPolls polls,
    KeyCache keys,
    Throttling throttling,
    FedMetrics metrics,
    SiloOptions options,
    SiloPhase phase,
    TimeProvider time) : Grain, IParticipantGatewayGrain
{
    private const int TicketBytes = 32;

    public Task<FederationDescription> Describe(string federation) => desk.DescribeAsync(federation);

    public Task<Enrolment> Enrol(string federation, string participant, EnrolmentRequest request)
    {
        RequireNames(federation, participant);
        Capabilities.Require(federation, participant, request.PublicKey, keys, time);
        throttling.CountCall(federation, participant);
        return desk.EnrolAsync(federation, participant, request);
    }

    public async Task<ParticipantTask?> NextTask(string federation, string participant, TimeSpan wait)
    {
        await AdmitAsync(federation, participant);
        var most = options.Timeouts.CallWait;
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > most ? most : wait;
        // Not as this actor: what an actor does cannot be told of changes.
        return await Task.Run(() => polls.NextTaskAsync(federation, participant, wait, phase.Stopping));
    }

    public async Task Report(string federation, string participant, byte[] json, string signature)
    {
        await AdmitAsync(federation, participant);
        if (json.Length > BodyLimit.SmallJson)
            throw Invalid($"the report has {json.Length} bytes; it may have {BodyLimit.SmallJson}", "send less");
        await desk.ReportAsync(federation, participant, json, signature);
    }

    public async Task<ReceiptStanding> FindReceipt(string federation, string participant, long sequence)
    {
        await AdmitAsync(federation, participant);
        if (sequence < 1)
            throw Invalid($"sequence is {sequence}; it must be at least 1", "use the number of an update");
        return await desk.FindReceiptAsync(federation, participant, sequence);
    }

    public async Task<OpenedUpload> OpenUpload(string federation, ContributionOffer offer)
    {
        var key = await AdmitAsync(federation, offer.Participant);
        var ticket = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TicketBytes));
        var first = await GrainFactory.GetGrain<IUploadStart>(ticket).Begin(
            federation, offer with { Examples = ContributionOffer.NotYetKnown }, key);
        return first is null ? new OpenedUpload(ticket, null) : new OpenedUpload("", first);
    }

    public async Task<ModelChunk> ReadModel(
        string federation, string participant, string sha256, long offset, int length)
    {
        await RequireAsync(federation, participant);
        using var model = await desk.OpenModelAsync(federation, sha256, phase.Stopping);
        if (offset < 0 || offset >= model.Length || length is < 1 or > Chunks.Bytes)
        {
            throw Invalid(
                $"{length} bytes at {offset} were asked for; the model has {model.Length}, a piece 1 to {Chunks.Bytes}",
                "ask for a piece within the model");
        }

        var bytes = new byte[(int)Math.Min(length, model.Length - offset)];
        model.Read(offset, bytes);
        metrics.Downloaded(federation, bytes.Length);
        return new ModelChunk(model.Length, bytes);
    }

    /// <summary>Who it is, and whether it asks too often.</summary>
    /// <returns>Its public key.</returns>
    private async Task<string> AdmitAsync(string federation, string participant)
    {
        var key = await RequireAsync(federation, participant);
        throttling.CountCall(federation, participant);
        return key;
    }

    private async Task<string> RequireAsync(string federation, string participant)
    {
        var grain = GrainFactory.GetGrain<IParticipantGrain>(RequireNames(federation, participant));
        Capabilities.RequireForm();
        var key = await grain.GetPublicKey();
        Capabilities.Require(federation, participant, key, keys, time);
        return key;
    }

    private static string RequireNames(string federation, string participant) =>
        RouteNames.ParticipantKey(federation, participant);

    private static RefusedException Invalid(string message, string remedy) =>
        new(RefusalCode.InvalidRequest, message, remedy);
}

/// <summary>Whether the call that is being answered comes from a participant.</summary>
internal static class Capabilities
{
    /// <summary>Before anybody is asked anything.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static Capability RequireForm()
    {
        var text = RequestContext.Get(Capability.Key) as string;
        return Capability.Parse(text)
            ?? throw Invalid(text is null ? "the call has no capability" : "the call's capability is malformed");
    }

    /// <param name="publicKey">The participant's.</param>
    /// <exception cref="RefusedException">It is not this participant's in this federation, or not of now.</exception>
    public static void Require(
        string federation, string participant, string publicKey, KeyCache keys, TimeProvider time)
    {
        var shown = RequireForm();
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var (skew, longest) = ((long)Capability.Skew.TotalSeconds, (long)Capability.Longest.TotalSeconds);
        if (shown.Expires <= shown.Issued || shown.Expires - shown.Issued > longest)
        {
            throw Invalid(
                $"the capability is for {shown.Expires - shown.Issued} s; it must be for 1 to {longest}");
        }

        if (now > shown.Expires + skew)
            throw Invalid($"the capability expired {now - shown.Expires} s ago by the server's clock");
        if (now < shown.Issued - skew)
            throw Invalid($"the capability was issued {shown.Issued - now} s after now by the server's clock");
        var text = WireFormat.CapabilityText(federation, participant, shown.Issued, shown.Expires);
        if (!keys.Verify(publicKey, text, shown.Signature))
        {
            throw Invalid(
                $"the capability is not signed with the key of participant '{participant}' for federation "
                + $"'{federation}'");
        }

        // It is for this call only, not for those that are made to answer it.
        RequestContext.Remove(Capability.Key);
    }

    private static RefusedException Invalid(string message) => new(
        RefusalCode.CapabilityInvalid,
        message,
        "sign the text 'fed-capability-v1' of docs/protocol.md with the enrolled key, for now, and see that the clock "
        + "is right");
}
