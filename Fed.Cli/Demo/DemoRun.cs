using Fed.Cli.Children;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Training;

namespace Fed.Cli.Demo;

/// <summary>
/// The whole demo: one silo process, the participant processes in two federations one after the other, the two
/// baselines, and the figures. Whatever happens, nothing that it has started outlives <see cref="RunAsync"/>.
/// </summary>
internal sealed class DemoRun(DemoPlan plan, DemoOptions options, string stateFolder, IDemoView view, TimeProvider time)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(400);

    private readonly Timeline _timeline = new();
    private readonly long _began = time.GetTimestamp();
    private readonly ModelSpecification _model = ModelSpecification.Parse(plan.Data.ModelJson);
    private double _baselineShare;

    public async Task<DemoOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var tests = HeldOut.Load(plan.Data, _model, options.Trainer);
        await using var silo = await SiloChild.StartAsync(
            options.Port, Path.Combine(stateFolder, "silo"), cancellationToken);
        using var client = new FederationClient(silo.Address, time);
        var runtime = (await client.HealthAsync(cancellationToken)).Runtime;
        await client.CreateAsync(plan.Hierarchical, cancellationToken);
        await client.CreateAsync(plan.Flat, cancellationToken);
        view.Say($"silo (process {silo.Id}, {runtime} runtime) and {plan.Participants.Count} participants; "
            + $"status page: {silo.Address}?federation={DemoFederations.HierarchicalName}");

        using var scope = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var keeping = silo.KeepAliveAsync(view.Say, scope.Token);
        var showing = ShowAsync(new StatusPoll(client, plan), scope.Token);
        var measuring = MeasureAsync(client, tests, runtime, scope.Token);
        try
        {
            return await UnlessAsync(keeping, showing, measuring);
        }
        finally
        {
            await scope.CancelAsync();
            // The work too: it is what ends the participants' processes.
            await Task.WhenAll(keeping, showing, measuring).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task<DemoOutcome> MeasureAsync(
        FederationClient client, HeldOut tests, string runtime, CancellationToken cancellationToken)
    {
        await RunAgentsAsync(client.Server, cancellationToken);
        var measuring = new Measurements(plan, client, tests, _model, _timeline);
        var baselines = await new Baselines(_model, plan.Hierarchical, plan.Passes, options.Trainer).TrainAsync(
            plan.Participants, share => Volatile.Write(ref _baselineShare, share), cancellationToken);
        return await measuring.TakeAsync(
            baselines, options, runtime, () => time.GetElapsedTime(_began), time, cancellationToken);
    }

    /// <summary>All participants; when one fails the others are stopped too.</summary>
    private async Task RunAgentsAsync(Uri server, CancellationToken cancellationToken)
    {
        using var scope = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var folder = Path.Combine(stateFolder, "participants");
        var agents = plan.Participants
            .Select(participant => new AgentChild(
                participant, plan.LagOf(participant), options.Trainer, server, folder, _timeline.Add, view.Say))
            .Select(agent => agent.RunAsync(scope.Token))
            .ToArray();
        try
        {
            await foreach (var ended in Task.WhenEach(agents))
                await ended;
        }
        finally
        {
            await scope.CancelAsync();
            await Task.WhenAll(agents).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>The result of the work, or the failure of one of those who should run as long as it does.</summary>
    private static async Task<T> UnlessAsync<T>(Task keeping, Task showing, Task<T> work)
    {
        await await Task.WhenAny(keeping, showing, work);
        return await work;
    }

    private async Task ShowAsync(StatusPoll status, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Refresh, time);
        do
        {
            var (phase, share, federation) = Phase();
            var rows = await status.ReadAsync(federation, cancellationToken);
            view.Show(new DemoProgress(phase, share, time.GetElapsedTime(_began), rows.Federation, rows.Rows));
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>The four ways of training are equally much work; the rest is small.</summary>
    private (string Phase, double Share, string Federation) Phase()
    {
        var hierarchical = Share(DemoFederations.HierarchicalName);
        var flat = Share(DemoFederations.FlatName);
        var baselines = Volatile.Read(ref _baselineShare);
        var share = (hierarchical + flat + 2 * baselines) / 4;
        if (_timeline.Count(DemoFederations.FlatName, AgentEventKind.Finished) == plan.Participants.Count)
            return ("local-only and centralised training", share, DemoFederations.FlatName);
        return _timeline.Count(DemoFederations.HierarchicalName, AgentEventKind.Finished) == plan.Participants.Count
            ? ("flat federated training", share, DemoFederations.FlatName)
            : ("hierarchical federated training", share, DemoFederations.HierarchicalName);
    }

    private double Share(string federation) =>
        Math.Min(1, (double)_timeline.Count(federation, AgentEventKind.Accepted) / plan.Contributions);
}
