using Fed.Contracts.Participants;

namespace Fed.Simulation.Checks;

/// <summary>
/// The receipts that left the actors: each is a promise, also where the response was lost on its way.
/// </summary>
internal sealed class ReceiptBook(Violations violations)
{
    private readonly Dictionary<(string Participant, long Sequence), Receipt> _receipts = [];

    public IReadOnlyCollection<Receipt> Promised => _receipts.Values;

    public Receipt Promise(ContributionOffer offer, Receipt receipt)
    {
        if (receipt.Participant != offer.Participant || receipt.Sequence != offer.Sequence || receipt.Sha256 != offer.Sha256)
            violations.Add($"offer {offer} was answered with the receipt {receipt}");
        if (!_receipts.TryAdd((receipt.Participant, receipt.Sequence), receipt)
            && _receipts[(receipt.Participant, receipt.Sequence)] is var first && first != receipt)
        {
            violations.Add($"a duplicate was answered with {receipt}, the first one with {first}");
        }

        return receipt;
    }
}
