using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Fed.Cli.Audit;
using Fed.Contracts;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Wire;

namespace Fed.Tests.Silo.Cluster;

/// <summary>
/// A participant that does not train: whatever its task is, it sends an update, by a gateway that answers; it moves to
/// the next one when its own is away, and sends the same again until it is acknowledged.
/// </summary>
/// <param name="number">Its number among all: it begins at that gateway, and its updates are its own.</param>
internal sealed class Contributor(
    string name, TestParticipant participant, IReadOnlyList<SiloNode> gateways, int number, Action<string> say)
    : IDisposable
{
    /// <summary>A frozen gateway takes a request and never answers.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Training = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<long, string> _acknowledged = [];
    private readonly Lock _gate = new();
    private int _moves;
    private int _goal = int.MaxValue;
    private int _next = 1;
    private TaskCompletionSource _reached = new();

    private SiloNode Gateway => gateways[(number + _moves) % gateways.Count];

    /// <summary>SHA-256 of the model that its newest acknowledged update was made from.</summary>
    public string? Base { get; private set; }

    /// <summary>Completes when so many more are acknowledged.</summary>
    public Task AcknowledgedAsync(int more)
    {
        lock (_gate)
        {
            (_goal, _reached) = (_acknowledged.Count + more, new(TaskCreationOptions.RunContinuationsAsynchronously));
            return _reached.Task;
        }
    }

    /// <summary>Contributes until so many are acknowledged in all.</summary>
    public async Task ContributeAsync(int total)
    {
        while (_acknowledged.Count < total)
            await ContributeAsync();
    }

    /// <summary>Contributes until told to stop; what was begun is brought to its end.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await ContributeAsync();
            await Task.Delay(Training, CancellationToken.None);
        }
    }

    private async Task ContributeAsync()
    {
        using var asked = await AnswerAsync(gateway => gateway.GetAsync($"{participant.Path}/task?wait=1"));
        if (asked.StatusCode == HttpStatusCode.NoContent)
            return;
        Assert.True(asked.StatusCode == HttpStatusCode.OK, await asked.Content.ReadAsStringAsync());
        var task = (await asked.Content.ReadFromJsonAsync<ParticipantTask>(FedJson.Options))!;
        var sequence = _next;
        var body = TestParticipant.Update(task.ModelSha256, 1f / (sequence + number));
        using var answer = await AnswerAsync(gateway => participant.SendAsync(sequence, body, gateway));
        if (answer.StatusCode == HttpStatusCode.Conflict)
        {
            await GiveUpAsync(answer);
            return;
        }

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        _next++;
        Base = task.ModelSha256;
        lock (_gate)
        {
            _acknowledged.Add(sequence, Convert.ToHexStringLower(SHA256.HashData(body)));
            if (_acknowledged.Count >= _goal)
                _reached.TrySetResult();
        }
    }

    /// <summary>What it holds receipts for.</summary>
    public IEnumerable<Acknowledged> Receipts() =>
        _acknowledged.Select(each => new Acknowledged(name, each.Key, each.Value));

    public void Dispose() => participant.Dispose();

    /// <summary>This update; as an agent does, the next one takes the same number, or the one after it.</summary>
    private async Task GiveUpAsync(HttpResponseMessage refused)
    {
        var text = await refused.Content.ReadAsStringAsync();
        var code = (string?)JsonNode.Parse(text)!["code"];
        say($"{name}: {text}");
        // What was acknowledged would be lost.
        Assert.True(code != WireFormat.CodeOf(RefusalCode.SequenceGap), text);
        // An earlier update was given up while a gateway still held it, and came in after all.
        if (code == WireFormat.CodeOf(RefusalCode.SequenceConflict))
            _next++;
    }

    /// <summary>The first answer of any gateway that is not "later".</summary>
    private async Task<HttpResponseMessage> AnswerAsync(Func<HttpClient, Task<HttpResponseMessage>> send)
    {
        while (true)
        {
            try
            {
                var answer = await send(Gateway.Client).WaitAsync(Patience);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    Assert.True((int)answer.StatusCode < 500, await answer.Content.ReadAsStringAsync());
                    return answer;
                }

                Assert.NotNull(answer.Headers.RetryAfter);
                say($"{name}: {await answer.Content.ReadAsStringAsync()}");
                answer.Dispose();
            }
            catch (Exception away) when (away is HttpRequestException or TimeoutException or IOException)
            {
                say($"{name}: {Gateway.Client.BaseAddress} is away: {away.Message}");
            }

            _moves++;
            await Task.Delay(Pause);
        }
    }
}
