using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Fed.Contracts.Wire;

namespace Fed.Bench.Ingest;

/// <summary>Sends prepared updates, and the same bodies to the endpoint that discards them.</summary>
public sealed class UpdateSender : IDisposable
{
    private const string DiscardPath = "/v1/discard";

    private readonly HttpClient _http;
    private readonly LoadFederation _federation;
    private long _waits;

    public UpdateSender(Uri server, LoadFederation federation, int senders)
    {
        _federation = federation;
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = senders, UseProxy = false })
        {
            BaseAddress = server,
            Timeout = TimeSpan.FromMinutes(2),
        };
    }

    /// <summary>Updates that had to wait for a version.</summary>
    public long Waits => Interlocked.Read(ref _waits);

    /// <summary>
    /// Until it is acknowledged as a new contribution. A participant that has contributed to the current version waits
    /// for the next one as any participant does, by its long poll.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is refused.</exception>
    public async Task SendAsync(PreparedUpdate update, CancellationToken cancellation)
    {
        while (true)
        {
            using var request = Request(update.Path, update);
            request.Headers.TryAddWithoutValidation(WireFormat.SignatureHeader, update.Signature);
            using var answer = await _http.SendAsync(request, cancellation);
            if (answer.StatusCode == HttpStatusCode.Created)
                return;
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            if (answer.StatusCode != HttpStatusCode.Conflict
                || problem.GetProperty("code").GetString() != "alreadyContributed")
            {
                throw Unexpected(answer, problem.ToString());
            }

            Interlocked.Increment(ref _waits);
            await TaskAsync(update.Participant, cancellation);
        }
    }

    /// <summary>Has it read and thrown away.</summary>
    /// <exception cref="InvalidOperationException">It is refused.</exception>
    public async Task DiscardAsync(PreparedUpdate update, CancellationToken cancellation)
    {
        using var request = Request(DiscardPath, update);
        request.Headers.TryAddWithoutValidation(WireFormat.SignatureHeader, update.Signature);
        using var answer = await _http.SendAsync(request, cancellation);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw Unexpected(answer, await answer.Content.ReadAsStringAsync(cancellation));
    }

    /// <summary>Waits for a participant's next task, however many polls that takes.</summary>
    public async Task TaskAsync(int participant, CancellationToken cancellation)
    {
        var path = $"/v1/federations/{_federation.Settings.Name}/participants/"
            + $"{LoadSettings.ParticipantName(participant)}/task?wait=20";
        while (true)
        {
            using var answer = await _http.GetAsync(path, cancellation);
            if (answer.StatusCode == HttpStatusCode.OK)
                return;
            if (answer.StatusCode != HttpStatusCode.NoContent)
                throw Unexpected(answer, await answer.Content.ReadAsStringAsync(cancellation));
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(string path, PreparedUpdate update) => new(HttpMethod.Put, path)
    {
        Content = new PreparedContent(update, _federation.Tail),
        Headers = { { WireFormat.BaseModelHeader, _federation.BaseModel } },
    };

    private static InvalidOperationException Unexpected(HttpResponseMessage answer, string text) => new(
        $"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri} was answered with "
        + $"{(int)answer.StatusCode}: {text}");
}

/// <summary>The body of an update: its own first bytes, then those that it shares.</summary>
internal sealed class PreparedContent : HttpContent
{
    private readonly byte[] _head;
    private readonly ReadOnlyMemory<byte> _tail;

    public PreparedContent(PreparedUpdate update, ReadOnlyMemory<byte> tail)
    {
        _head = update.Head;
        _tail = tail;
        Headers.ContentType = new MediaTypeHeaderValue(WireFormat.UpdateType);
        Headers.TryAddWithoutValidation(WireFormat.DigestHeader, update.Digest);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_head);
        await stream.WriteAsync(_tail);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _head.Length + _tail.Length;
        return true;
    }
}

/// <summary>What some senders have done in parallel: how many, in which time, how long each took.</summary>
public sealed class LoadRun
{
    private readonly ConcurrentBag<List<double>> _latencies = [];

    /// <summary>By the clock, the pauses between slices left out.</summary>
    public double Seconds { get; private set; }

    public int Count => _latencies.Sum(list => list.Count);

    public double PerSecond => Count / Seconds;

    /// <summary>
    /// A slice more: each sender takes the next update and sends it until the time is over or none is left.
    /// </summary>
    /// <returns>How many of the updates were taken, from the first.</returns>
    public async Task<int> RunAsync(
        ArraySegment<PreparedUpdate> updates,
        int senders,
        TimeSpan time,
        Func<PreparedUpdate, CancellationToken, Task> send,
        CancellationToken cancellation)
    {
        var taken = -1;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(SendAsync, cancellation)));
        Seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
        return Math.Min(taken + 1, updates.Count);

        async Task SendAsync()
        {
            var latencies = new List<double>();
            _latencies.Add(latencies);
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var next = Interlocked.Increment(ref taken);
                if (next >= updates.Count)
                    return;
                var begin = Stopwatch.GetTimestamp();
                await send(updates[next], cancellation);
                latencies.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            }
        }
    }

    /// <summary>Milliseconds, of all slices; <paramref name="share"/> 0 to 1. 0 when there was none.</summary>
    public double Percentile(double share) => PercentileOf([.. _latencies.SelectMany(list => list)], share);

    /// <summary>The smallest value that at least this share of the values do not exceed.</summary>
    public static double PercentileOf(double[] values, double share)
    {
        if (values.Length == 0)
            return 0;
        Array.Sort(values);
        return values[Math.Clamp((int)Math.Ceiling(share * values.Length) - 1, 0, values.Length - 1)];
    }
}
