using System.Collections.Concurrent;
using System.Diagnostics;
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
    /// <param name="plan">Null: nobody is killed.</param>
    /// <param name="mostKills">The run goes on to its end after as many.</param>
    /// <exception cref="AgentException">A process failed, or the federation stands still.</exception>
    public async Task<ChaosRunResult> RunAsync(KillPlan? plan, int mostKills, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await using var cast = new ChaosCast(federation, new SiloSetup(1, Configure), folder, time);
        await cast.StartSiloAsync(cast.Silos[0], cancellationToken);
        using var client = new FederationClient(cast.Addresses[0], time);
        await client.CreateAsync(federation.Settings, cancellationToken);
        var killer = new Killer(cast, client, federation, time, say);
        await cast.RunAsync(
            (finished, stopped) => plan is null ? finished : killer.KillAsync(plan, mostKills, finished, stopped),
            cancellationToken);
        return new ChaosRunResult(
            await cast.AuditAsync(cancellationToken), killer.Kills, killer.Recoveries, killer.Points);
    }

    private void Configure(ProcessStartInfo silo)
    {
        if (storage == ChaosStorage.File)
            silo.Environment.Remove(Programs.BlobsVariable);
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
