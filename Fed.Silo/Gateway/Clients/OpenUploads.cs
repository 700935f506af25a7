namespace Fed.Silo.Gateway.Clients;

/// <summary>
/// How many uploads of Orleans clients are open on this silo, each of which holds a temporary file and a few chunks in
/// memory. Over HTTP they are bounded by the connections.
/// </summary>
internal sealed class OpenUploads(ThrottlingOptions options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Federation, string Participant), int> _open = [];
    private int _count;

    public int Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    /// <returns>Dispose of it when the upload is over.</returns>
    /// <exception cref="ThrottledException">There are too many.</exception>
    public IDisposable Enter(string federation, string participant)
    {
        var key = (federation, participant);
        lock (_lock)
        {
            var own = _open.GetValueOrDefault(key);
            if (own >= options.UploadsOfParticipant)
            {
                throw new ThrottledException(
                    $"this participant has {own} uploads open, and may have {options.UploadsOfParticipant}", Patience);
            }

            if (_count >= options.Uploads)
                throw new ThrottledException($"{_count} uploads are open, and {options.Uploads} may be", Patience);
            _open[key] = own + 1;
            _count++;
        }

        return new Place(this, key);
    }

    private void Leave((string Federation, string Participant) key)
    {
        lock (_lock)
        {
            _count--;
            if (--_open[key] == 0)
                _open.Remove(key);
        }
    }

    private sealed class Place(OpenUploads uploads, (string Federation, string Participant) key) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
                uploads.Leave(key);
        }
    }
}
