namespace Fed.Cli.Audit;

/// <summary>What an audit of one federation has found.</summary>
/// <param name="FinalSha256">Of the newest global model.</param>
/// <param name="Acknowledged">Contributions that their senders hold for acknowledged.</param>
/// <param name="Lost">Of those, which stand nowhere, or with other bytes.</param>
/// <param name="Doubled">Which contributions stand, and which aggregates were merged, more than once.</param>
/// <param name="Versions">Manifests reachable from the newest ones, of versions that are kept.</param>
/// <param name="Collected">Manifests of versions that were given up: signed and chained, but not computed
/// again.</param>
/// <param name="Unverified">Of the kept ones, which are damaged or come out otherwise, and how.</param>
internal sealed record AuditReport(
    string FinalSha256,
    int Acknowledged,
    IReadOnlyList<string> Lost,
    IReadOnlyList<string> Doubled,
    int Versions,
    int Collected,
    IReadOnlyList<string> Unverified)
{
    public IEnumerable<string> Faults =>
        [.. Lost.Select(what => $"lost: {what}"), .. Doubled.Select(what => $"doubled: {what}"), .. Unverified];
}
