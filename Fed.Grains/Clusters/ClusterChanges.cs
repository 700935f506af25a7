using Fed.Contracts.Aggregation;
using Microsoft.Extensions.Logging;
using Orleans.Utilities;

namespace Fed.Grains.Clusters;

/// <summary>
/// A cluster's revision, and the gateways that are told when it changes. For use from the turns of one grain only.
/// </summary>
/// <param name="time">Revisions start from its clock, so that those of an earlier activation differ.</param>
internal sealed class ClusterChanges(TimeProvider time, ILogger logger)
{
    /// <summary>A gateway that has not asked again for so long has gone.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(1);

    private readonly ObserverManager<IClusterObserver> _gateways =
        new(Forgotten, logger) { GetDateTime = () => time.GetUtcNow().UtcDateTime };

    public long Revision { get; private set; } = time.GetUtcNow().UtcTicks;

    /// <returns>The present revision.</returns>
    public long Watch(IClusterObserver gateway)
    {
        _gateways.Subscribe(gateway, gateway);
        return Revision;
    }

    public void Raise()
    {
        var revision = ++Revision;
        // One-way messages: nobody is waited for, and who does not get one asks again.
        _gateways.Notify(gateway => gateway.Changed(revision).Ignore());
    }
}
