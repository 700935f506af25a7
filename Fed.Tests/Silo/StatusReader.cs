using System.Net.ServerSentEvents;

namespace Fed.Tests.Silo;

/// <summary>Reads a stream of server-sent events one by one.</summary>
internal sealed class StatusReader : IDisposable
{
    private readonly Stream _stream;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    // Not an expectation: an event that never comes should end the test instead of the run.
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(1));

    public StatusReader(Stream stream)
    {
        _stream = stream;
        _events = SseParser.Create(stream).EnumerateAsync(_patience.Token).GetAsyncEnumerator();
    }

    /// <summary>The data of the next event of this type; null at the end of the stream.</summary>
    public async Task<string?> NextAsync(string type)
    {
        while (await _events.MoveNextAsync())
        {
            if (_events.Current.EventType == type)
                return _events.Current.Data;
        }

        return null;
    }

    public void Dispose()
    {
        _stream.Dispose();
        _patience.Dispose();
    }
}
