using System.Net;
using System.Net.Sockets;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace Fed.Tests.Client;

public sealed class RetryPolicyTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<TimeSpan> _waits = [];

    [Fact]
    public async Task Run_WhileTheNetworkFails_WaitsLongerEachTimeAndThenReturns()
    {
        var attempts = 0;
        var policy = new RetryPolicy(_time, new Random(1));

        var result = await RunAsync(policy, () => ++attempts < 9 ? throw new HttpRequestException("away") : 42);

        Assert.Equal(42, result);
        Assert.Equal(8, _waits.Count);
        for (var i = 0; i < _waits.Count; i++)
        {
            var full = Math.Min(10, 0.2 * Math.Pow(2, i));
            Assert.InRange(_waits[i].TotalSeconds, full / 2, full);
        }
    }

    [Fact]
    public async Task Run_WhileTheServerIsStartedAgain_DoesNotOversleepIt()
    {
        var attempts = 0;
        var policy = new RetryPolicy(_time, new Random(1));
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        using var client = new FederationClient(new Uri($"http://127.0.0.1:{port}"), _time);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(
            () => client.HealthAsync(CancellationToken.None));

        await RunAsync(policy, () => ++attempts < 9 ? throw refused : 0);

        Assert.All(_waits.Skip(4), wait => Assert.InRange(wait.TotalSeconds, 1, 2));
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, "starting")]
    [InlineData(HttpStatusCode.TooManyRequests, "tooManyRequests")]
    public async Task Run_ToldWhenToComeBack_WaitsAtLeastThatLong(HttpStatusCode status, string code)
    {
        var attempts = 0;
        var policy = new RetryPolicy(_time, new Random(1));
        var away = new ProtocolException(status, code, "not now", "wait", TimeSpan.FromSeconds(7));

        await RunAsync(policy, () => ++attempts < 2 ? throw away : 0);

        Assert.InRange(Assert.Single(_waits).TotalSeconds, 7, 7.2);
    }

    [Fact]
    public void WaitAfter_ForManyAgents_SpreadsThem()
    {
        var waits = Enumerable.Range(0, 100)
            .Select(seed => new RetryPolicy(_time, new Random(seed)).WaitAfter(5, failure: null).TotalSeconds)
            .ToArray();

        Assert.True(waits.Max() - waits.Min() > 2.5);
        Assert.True(waits.Distinct().Count() > 90);
    }

    [Theory]
    [InlineData(HttpStatusCode.Conflict, "tooStale")]
    [InlineData(HttpStatusCode.NotFound, "unknownParticipant")]
    [InlineData(HttpStatusCode.Unauthorized, "signatureInvalid")]
    public async Task Run_RefusedForGood_ThrowsAtOnce(HttpStatusCode status, string code)
    {
        var policy = new RetryPolicy(_time, new Random(1));

        var refused = await Assert.ThrowsAsync<ProtocolException>(
            () => RunAsync<int>(policy, () => throw new ProtocolException(status, code, "no", "nothing")));

        Assert.Equal(code, refused.Code);
        Assert.Empty(_waits);
    }

    [Fact]
    public async Task Run_BytesThatArriveDamagedEveryTime_GivesUp()
    {
        var policy = new RetryPolicy(_time, new Random(1));
        var damaged = new ProtocolException(HttpStatusCode.BadRequest, "digestMismatch", "other bytes", "send again");

        await Assert.ThrowsAsync<ProtocolException>(() => RunAsync<int>(policy, () => throw damaged));

        Assert.Equal(RetryPolicy.DamageAttempts - 1, _waits.Count);
    }

    [Fact]
    public async Task Run_CancelledWhileWaiting_Ends()
    {
        using var cancelled = new CancellationTokenSource();
        var policy = new RetryPolicy(_time, new Random(1));

        var run = policy.RunAsync<int>(
            () => throw new IOException("away"), (_, _) => cancelled.Cancel(), cancelled.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    private async Task<T> RunAsync<T>(RetryPolicy policy, Func<T> attempt)
    {
        var run = policy.RunAsync(() => Task.FromResult(attempt()), (_, wait) => _waits.Add(wait), CancellationToken.None);
        while (!run.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await run;
    }
}
