using System.Collections.Concurrent;
using System.Text.Json;
using Fed.Cli.Audit;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts;

namespace Fed.Cli.Chaos;

/// <summary>What one run came to.</summary>
/// <param name="Recoveries">Of the processes that were started again and lived to see an update accepted.</param>
/// <param name="Points">Fail points at which a process has died.</param>
internal sealed record ChaosRunResult(
    AuditReport Audit, int Kills, IReadOnlyList<TimeSpan> Recoveries, IReadOnlyList<string> Points);

/// <summary>One federation from its creation to its last version, with or without kills, and its audit.</summary>
/// <param name="folder">Of this run alone; new.</param>
internal sealed class ChaosRun(
    ChaosFederation federation, ChaosStorage storage, string folder, TimeProvider time, Action<string> say)
{
    /// <summary>Nothing accepted for so long is a federation that a kill has stopped.</summary>
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(120);

    /// <param name="plan">Null: nobody is killed.</param>
    /// <param name="mostKills">The run goes on to its end after as many.</param>
    /// <exception cref="AgentException">A process failed, or the federation stands still.</exception>
    public async Task<ChaosRunResult> RunAsync(KillPlan? plan, int mostKills, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await using var cast = new ChaosCast(federation, storage, folder, time);
        await cast.StartSiloAsync(cancellationToken);
        using var client = new FederationClient(cast.Address, time);
        await client.CreateAsync(federation.Settings, cancellationToken);
        foreach (var agent in cast.Agents)
            await agent.StartAsync();

        using var scope = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var keepingSilo = cast.Silo.KeepAsync(scope.Token);
        Task[] keepingAgents = [.. cast.Agents.Select(agent => agent.KeepAsync(scope.Token))];
        var watching = WatchAsync(cast.Receipts, scope.Token);
        var finished = AllAsync(keepingAgents);
        var killer = new Killer(cast, client, federation, finished, time, say);
        try
        {
            if (plan is not null)
                await await Task.WhenAny(keepingSilo, watching, killer.KillAsync(plan, mostKills, scope.Token));
            await await Task.WhenAny(keepingSilo, watching, finished);
        }
        finally
        {
            await scope.CancelAsync();
            await Task.WhenAll([keepingSilo, watching, .. keepingAgents]).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        return new ChaosRunResult(
            await AuditAsync(cast, cancellationToken), killer.Kills, killer.Recoveries, killer.Points);
    }

    /// <summary>
    /// By a silo that is started for it: what it shows is what was on the disk, and no fail point is armed in it.
    /// </summary>
    private async Task<AuditReport> AuditAsync(ChaosCast cast, CancellationToken cancellationToken)
    {
        cast.Silo.ArmNext(null);
        await cast.StartSiloAsync(cancellationToken);
        using var source = new ServerSource(
            new FederationClient(cast.Address, time), federation.Settings.Name);
        using var blobs = new AuditBlobs(source);
        var acknowledged = federation.Participants
            .SelectMany(house => cast.Receipts.Of(house.Name, cast.StateOf(house.Name), federation.Settings.Name))
            .ToArray();
        var head = await source.ReadHeadAsync(cancellationToken);
        return await new FederationAudit(blobs, head).RunAsync(acknowledged, cancellationToken);
    }

    /// <summary>All, or the failure of the first that fails.</summary>
    private static async Task AllAsync(IEnumerable<Task> tasks)
    {
        await foreach (var task in Task.WhenEach(tasks))
            await task;
    }

    private async Task WatchAsync(ReceiptBook receipts, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Standstill, time);
        for (var before = -1; before != receipts.Count; await timer.WaitForNextTickAsync(cancellationToken))
            before = receipts.Count;
        throw new AgentException(
            ExitCode.Failure,
            $"the federation stands still: for {Standstill.TotalSeconds:0} s no update was accepted after "
            + $"{receipts.Count}; the silo's log is {folder}/silo.log");
    }
}

/// <summary>What the agents say, and what they have recorded, of the receipts that they got.</summary>
internal sealed class ReceiptBook
{
    private readonly ConcurrentDictionary<(string Participant, long Sequence), string> _printed = new();

    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the first receipt.</summary>
    public Task First => _first.Task;

    public int Count => _printed.Count;

    public void Add(AgentEvent accepted)
    {
        _printed[(accepted.Participant, accepted.Sequence!.Value)] = accepted.Sha256!;
        _first.TrySetResult();
    }

    /// <summary>
    /// Sequence numbers have no gaps, so that an agent's record of its last receipt stands for all before it.
    /// </summary>
    /// <param name="stateFolder">Of the participant's agent.</param>
    /// <exception cref="InvalidDataException">The record has fewer than the agent has printed: one is lost.</exception>
    public IReadOnlyList<Acknowledged> Of(string participant, string stateFolder, string federation)
    {
        var file = Path.Combine(stateFolder, federation, "updates", "ledger.json");
        var ledger = JsonSerializer.Deserialize<ContributionLedger>(File.ReadAllBytes(file), FedJson.Options)
            ?? throw new InvalidDataException($"{file} is empty");
        var printed = _printed.Keys.Where(key => key.Participant == participant).Select(key => key.Sequence);
        if (printed.Any(sequence => sequence > ledger.LastAccepted))
        {
            throw new InvalidDataException(
                $"{participant} has printed receipt {printed.Max()}, but the last that {file} records is "
                + $"{ledger.LastAccepted}");
        }

        var all = new List<Acknowledged>();
        for (var sequence = 1L; sequence <= ledger.LastAccepted; sequence++)
            all.Add(new Acknowledged(participant, sequence, _printed.GetValueOrDefault((participant, sequence))));
        return all;
    }
}
