using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

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
            request.Headers.TryAddWithoutValidation("Fed-Signature", update.Signature);
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
        request.Headers.TryAddWithoutValidation("Fed-Signature", update.Signature);
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
        Headers = { { "Fed-Base-Model", _federation.BaseModel } },
    };

    private static InvalidOperationException Unexpected(HttpResponseMessage answer, string text) => new(
        $"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri} was answered with "
        + $"{(int)answer.StatusCode}: {text}");
}
