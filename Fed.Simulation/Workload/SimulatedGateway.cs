using Fed.Contracts;
using Fed.Contracts.Participants;
using Fed.Simulation.Checks;
using Fed.Simulation.Silo;

namespace Fed.Simulation.Workload;

/// <summary>
/// What the HTTP gateway does with an upload, without HTTP: one upload of a participant at a time is checked, becomes a
/// blob, and then a contribution.
/// </summary>
internal static class SimulatedGateway
{
    public static IParticipantGrain Participant(SimulatedSilo silo, string federation, string name) =>
        silo.Grains.GetGrain<IParticipantGrain>(GrainKeys.Within(federation, name));

    public static async Task<Receipt> UploadAsync(
        SimulatedSilo silo, string federation, ContributionOffer offer, byte[] bytes, ReceiptBook receipts)
    {
        var grain = Participant(silo, federation, offer.Participant);
        await grain.GetPublicKey();
        await using var writer = await silo.Blobs.CreateAsync(CancellationToken.None);
        writer.Stream.Write(bytes);
        var before = silo.Uploads.GetValueOrDefault(offer.Participant) ?? Task.CompletedTask;
        var turn = new TaskCompletionSource();
        silo.Uploads[offer.Participant] = turn.Task;
        await before;
        try
        {
            if (await grain.Check(offer) is { } first)
                return receipts.Promise(offer, first);
            await writer.CommitAsync(CancellationToken.None);
            return receipts.Promise(offer, await grain.Submit(offer));
        }
        finally
        {
            turn.SetResult();
        }
    }
}
