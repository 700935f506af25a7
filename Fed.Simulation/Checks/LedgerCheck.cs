using Fed.Contracts.Participants;

namespace Fed.Simulation.Checks;

/// <summary>Every promised contribution is counted once: in one manifest, or in the ledger that is still
/// open.</summary>
internal static class LedgerCheck
{
    public static void Run(
        DurableState state, IReadOnlyList<string> clusters, ReceiptBook receipts, Violations violations)
    {
        var counted = new Dictionary<(string Participant, long Sequence), Receipt>();
        foreach (var account in clusters.Select(state.Cluster).OfType<ClusterAccount>())
        {
            var consumed = state.Chain(account.Manifest).SelectMany(link => link.Manifest.Contributions.Concat(link.Manifest.Quarantined));
            foreach (var receipt in account.Pending.Concat(consumed))
            {
                violations.Require(
                    counted.TryAdd((receipt.Participant, receipt.Sequence), receipt),
                    $"contribution {receipt.Sequence} of {receipt.Participant} is counted twice in {receipt.Cluster}");
            }
        }

        foreach (var promised in receipts.Promised)
        {
            if (!counted.TryGetValue((promised.Participant, promised.Sequence), out var found))
                violations.Add($"contribution {promised.Sequence} of {promised.Participant} was promised and is lost");
            else if (found != promised)
                violations.Add($"promised was {promised}, counted is {found}");
        }
    }
}
