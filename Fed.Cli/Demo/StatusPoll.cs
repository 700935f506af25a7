using Fed.Cli.Commands;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;

namespace Fed.Cli.Demo;

/// <summary>Reads the silo's status as anybody may, for the live table.</summary>
internal sealed class StatusPoll(FederationClient client, DemoPlan plan)
{
    private DemoRows _last = new("", []);

    /// <summary>The rows of one federation; the last known ones while the silo is away.</summary>
    public async Task<DemoRows> ReadAsync(string federation, CancellationToken cancellationToken)
    {
        try
        {
            var status = await client.StatusAsync(federation, cancellationToken);
            return _last = new DemoRows(federation, Rows(status));
        }
        catch (Exception error) when (Failures.IsOutage(error))
        {
            // The table stands still until the silo is back; KeepAlive says what has happened.
            return _last;
        }
    }

    private IReadOnlyList<TierRow> Rows(FederationStatus status)
    {
        var members = status.Participants.CountBy(participant => participant.Cluster)
            .ToDictionary(StringComparer.Ordinal);
        return
        [
            .. status.Clusters.Append(status.Global).Select(tier => new TierRow(
                tier.Key,
                members.GetValueOrDefault(tier.Key, plan.Participants.Count),
                tier.Version,
                tier.Buffered,
                tier.Goal,
                tier.Accepted,
                tier.StalenessMean,
                tier.StalenessMax,
                tier.Accuracy)),
        ];
    }
}

/// <summary>The rows of one federation's table.</summary>
internal sealed record DemoRows(string Federation, IReadOnlyList<TierRow> Rows);
