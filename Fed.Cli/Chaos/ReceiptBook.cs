using System.Collections.Concurrent;
using System.Text.Json;
using Fed.Cli.Audit;
using Fed.Client.Agent;
using Fed.Contracts;

namespace Fed.Cli.Chaos;

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
