using System.Net;
using Fed.Client.Protocol;

namespace Fed.Tests.Client;

/// <summary>Which gateway of a cluster a request goes to.</summary>
public sealed class GatewaysTests : IDisposable
{
    private static readonly Uri[] Three =
        [new("http://a.test/"), new("http://b.test/behind/a/proxy/"), new("http://c.test:81/")];

    private readonly Network _network = new();
    private readonly HttpClient _client;

    public GatewaysTests() => _client = new HttpClient(new Gateways(Three, _network)) { BaseAddress = Three[0] };

    // The network with it.
    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Request_WhileTheGatewayServes_StaysThere()
    {
        await AskAsync();
        await AskAsync();

        Assert.Equal(["http://a.test/v1/x?y=%2F", "http://a.test/v1/x?y=%2F"], _network.Asked);
    }

    [Fact]
    public async Task Request_AfterAFailure_GoesToTheNextGatewayAndStaysThere()
    {
        _network.Answers["a.test"] = () => throw new HttpRequestException("refused");

        await Assert.ThrowsAsync<HttpRequestException>(AskAsync);
        await AskAsync();
        await AskAsync();

        Assert.Equal(
            [
                "http://a.test/v1/x?y=%2F",
                "http://b.test/behind/a/proxy/v1/x?y=%2F",
                "http://b.test/behind/a/proxy/v1/x?y=%2F",
            ],
            _network.Asked);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, "b.test")]
    [InlineData(HttpStatusCode.BadGateway, "b.test")]
    [InlineData(HttpStatusCode.TooManyRequests, "a.test")]
    [InlineData(HttpStatusCode.Conflict, "a.test")]
    public async Task Request_AfterAnError_GoesOnOnlyWhenTheGatewayCannotServe(HttpStatusCode status, string next)
    {
        _network.Answers["a.test"] = () => new HttpResponseMessage(status);

        await AskAsync();
        await AskAsync();

        Assert.Equal(next, new Uri(_network.Asked[1]).Host);
    }

    [Fact]
    public async Task Request_AfterTheLastGateway_ComesBackToTheFirst()
    {
        foreach (var gateway in Three)
            _network.Answers[gateway.Host] = () => throw new HttpRequestException("refused");

        for (var i = 0; i < 4; i++)
            await Assert.ThrowsAsync<HttpRequestException>(AskAsync);

        Assert.Equal(["a.test", "b.test", "c.test", "a.test"], _network.Asked.Select(asked => new Uri(asked).Host));
    }

    [Fact]
    public async Task Requests_ThatFailTogether_MoveOnOnce()
    {
        var failure = new TaskCompletionSource<HttpResponseMessage>();
        _network.Late = failure.Task;
        Task[] two = [AskAsync(), AskAsync()];
        failure.SetException(new HttpRequestException("reset"));
        foreach (var request in two)
            await Assert.ThrowsAsync<HttpRequestException>(() => request);

        _network.Late = null;
        await AskAsync();

        Assert.Equal("b.test", new Uri(_network.Asked[2]).Host);
    }

    private async Task AskAsync()
    {
        using var answer = await _client.GetAsync(new Uri("v1/x?y=%2F", UriKind.Relative));
    }

    /// <summary>What stands behind the addresses.</summary>
    private sealed class Network : HttpMessageHandler
    {
        public Dictionary<string, Func<HttpResponseMessage>> Answers { get; } = [];

        public Task<HttpResponseMessage>? Late { get; set; }

        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.AbsoluteUri);
            if (Late is not null)
                return Late;
            return Answers.TryGetValue(request.RequestUri.Host, out var answer)
                ? Task.Run(answer, cancellationToken)
                : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        }
    }
}
