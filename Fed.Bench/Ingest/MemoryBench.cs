using Fed.Client.Protocol;

namespace Fed.Bench.Ingest;

/// <summary>The silo's memory over many small updates, and with a large roster.</summary>
internal static class MemoryBench
{
    private const int Senders = 32;
    private const int SmallUpdate = 1024;
    private const int Points = 20;

    /// <summary>Resident memory after every twentieth of the updates, the first before them.</summary>
    public static async Task<IReadOnlyList<MemoryPoint>> CurveAsync(
        SiloUnderLoad silo, int updates, Action<MemoryPoint> log, CancellationToken cancellation)
    {
        using var client = new FederationClient(silo.Address);
        using var federation = await LoadFederation.CreateAsync(
            client, RateBench.Usual(SmallUpdate) with { Name = "memory" }, cancellation);
        using var sender = new UpdateSender(silo.Address, federation, Senders);
        var points = new List<MemoryPoint>();
        Note(0);
        var step = Math.Max(1, updates / Points);
        for (var sent = step; sent <= updates; sent += step)
        {
            await new LoadRun().RunAsync(
                federation.Prepare(step), Senders, TimeSpan.MaxValue, sender.SendAsync, cancellation);
            Note(sent);
        }

        return points;

        void Note(long sent)
        {
            points.Add(new MemoryPoint(sent, silo.RssMb));
            log(points[^1]);
        }
    }

    /// <summary>
    /// A whole roster enrols; then its actors are left alone for <paramref name="idle"/>, after which they should
    /// have gone.
    /// </summary>
    public static async Task<RosterFigure> RosterAsync(
        SiloUnderLoad silo, int participants, TimeSpan idle, CancellationToken cancellation)
    {
        var before = silo.RssMb;
        using var client = new FederationClient(silo.Address);
        var settings = RateBench.Usual(SmallUpdate);
        settings = settings with { Name = "roster", Participants = participants / settings.Clusters };
        using (await LoadFederation.CreateAsync(client, settings, cancellation))
        {
            var peak = silo.PeakMb;
            await Task.Delay(idle, cancellation);
            return new RosterFigure(settings.Roster, before, peak, silo.RssMb);
        }
    }
}
