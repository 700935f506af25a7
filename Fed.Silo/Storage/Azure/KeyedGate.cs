namespace Fed.Silo.Storage.Azure;

/// <summary>One at a time for each key; keys that nobody waits for cost nothing.</summary>
internal sealed class KeyedGate
{
    private readonly Dictionary<string, Turn> _turns = new(StringComparer.Ordinal);

    /// <returns>Dispose it to let the next one in.</returns>
    public async ValueTask<IDisposable> EnterAsync(string key, CancellationToken cancellationToken)
    {
        Turn turn;
        lock (_turns)
        {
            if (!_turns.TryGetValue(key, out turn!))
                _turns.Add(key, turn = new Turn());
            turn.Users++;
        }

        try
        {
            await turn.Semaphore.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(key, turn);
            throw;
        }

        return new Pass(this, key, turn);
    }

    private void Leave(string key, Turn turn)
    {
        lock (_turns)
        {
            if (--turn.Users > 0)
                return;
            _turns.Remove(key);
        }

        turn.Semaphore.Dispose();
    }

    private sealed class Turn
    {
        public SemaphoreSlim Semaphore { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Pass(KeyedGate gate, string key, Turn turn) : IDisposable
    {
        public void Dispose()
        {
            turn.Semaphore.Release();
            gate.Leave(key, turn);
        }
    }
}
