namespace Fed.Silo.Gateway.Updates;

/// <summary>
/// One upload of a participant is decided at a time: between the question whether an update would be accepted and its
/// submission no other of the same participant can come, so that its bytes are stored only if they are accepted.
/// </summary>
public sealed class ParticipantGate
{
    private readonly Dictionary<string, Turn> _turns = new(StringComparer.Ordinal);

    /// <returns>Dispose it to let the next one in.</returns>
    public async ValueTask<IDisposable> EnterAsync(string participant, CancellationToken cancellationToken)
    {
        Turn turn;
        lock (_turns)
        {
            if (!_turns.TryGetValue(participant, out turn!))
                _turns.Add(participant, turn = new Turn());
            turn.Users++;
        }

        try
        {
            await turn.Semaphore.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(participant, turn);
            throw;
        }

        return new Pass(this, participant, turn);
    }

    private void Leave(string participant, Turn turn)
    {
        lock (_turns)
        {
            if (--turn.Users > 0)
                return;
            _turns.Remove(participant);
        }

        turn.Semaphore.Dispose();
    }

    private sealed class Turn
    {
        public SemaphoreSlim Semaphore { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Pass(ParticipantGate gate, string participant, Turn turn) : IDisposable
    {
        public void Dispose()
        {
            turn.Semaphore.Release();
            gate.Leave(participant, turn);
        }
    }
}
