using System.Net;
using Fed.Silo.Gateway;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Fed.Tests.Silo;

public sealed class ThrottlingTests
{
    /// <summary>At one a second it would take minutes to get through without meeting a limit.</summary>
    private const int Enough = 300;

    [Theory]
    [InlineData("RequestsPerSecond", "-1", "FED_Throttling__RequestsPerSecond is '-1'; give a whole number, 0 to")]
    [InlineData("RefusalsPerSecond", "1,5", "FED_Throttling__RefusalsPerSecond is '1,5'")]
    [InlineData("RequestBurst", "0", "FED_Throttling__RequestBurst is '0'; give a whole number, 1 to 1000000")]
    [InlineData("RefusalBurst", "1000001", "FED_Throttling__RefusalBurst is '1000001'")]
    [InlineData("Refusals", "1", "FED_Throttling__Refusals is no setting; these are: FED_Throttling__")]
    public void Read_AWrongSetting_NamesItAndTheBound(string name, string value, string said)
    {
        var error = Assert.Throws<ArgumentException>(() => Read((name, value)));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhatIsSet_GoesBeforeTheDefaults()
    {
        var read = Read(("RefusalBurst", "7"), ("RefusalsPerSecond", "0"));

        Assert.Equal(new ThrottlingOptions { RefusalBurst = 7, RefusalsPerSecond = 0 }, read);
    }

    [Fact]
    public async Task Address_ThatIsRefusedTooOften_HasToWait()
    {
        await using var silo = await StartAsync(new ThrottlingOptions { RefusalsPerSecond = 1, RefusalBurst = 5 });

        using var refused = await FirstRefusalAsync(() => silo.Client.GetAsync("/v1/federations/nobody"));

        await refused.ShouldBeProblem(HttpStatusCode.TooManyRequests, "tooManyRequests");
        Assert.True(refused.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        using var health = await silo.Client.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task Address_WhoseRequestsAreGood_NeverWaits()
    {
        await using var silo = await StartAsync(new ThrottlingOptions { RefusalsPerSecond = 1, RefusalBurst = 1 });

        for (var i = 0; i < 50; i++)
            Assert.Empty(await silo.ListAsync());
    }

    [Fact]
    public async Task Participant_ThatAsksTooOften_HasToWaitAndOthersDoNot()
    {
        await using var silo = await StartAsync(new ThrottlingOptions { RequestsPerSecond = 1, RequestBurst = 5 });
        var federation = await TestFederation.CreateAsync(silo, TestSilo.Settings());
        using var participant = await federation.EnrolAsync();

        using var refused = await FirstRefusalAsync(() => silo.Client.GetAsync($"{participant.Path}/task"));
        using var other = await federation.EnrolAsync("b");

        await refused.ShouldBeProblem(HttpStatusCode.TooManyRequests, "tooManyRequests");
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task Request_WithoutLimits_NeverWaits()
    {
        await using var silo = await StartAsync(
            new ThrottlingOptions { RefusalsPerSecond = 0, RefusalBurst = 1, RequestsPerSecond = 0, RequestBurst = 1 });

        for (var i = 0; i < 20; i++)
        {
            using var answer = await silo.Client.GetAsync("/v1/federations/nobody/participants/a/task");
            await answer.ShouldBeProblem(HttpStatusCode.NotFound, "unknownFederation");
        }
    }

    [Fact]
    public void Log_OfManyRefusals_HasOneLineOfACodeAnInterval()
    {
        var time = new FakeTimeProvider();
        var lines = new Lines();
        var log = new RefusalLog(time, lines);

        for (var i = 0; i < 100; i++)
            log.Add("GET", "/a", ProblemTable.OfStatus(404, "there is nothing at /a"));
        log.Add("GET", "/a", ProblemTable.OfStatus(415, "the content type is ''"));
        time.Advance(RefusalLog.Interval);
        log.Add("GET", "/b", ProblemTable.OfStatus(404, "there is nothing at /b"));

        Assert.Equal(
            [
                "GET /a refused: 404 notFound, there is nothing at /a (0 of this code before)",
                "GET /a refused: 415 unsupportedMediaType, the content type is '' (0 of this code before)",
                "GET /b refused: 404 notFound, there is nothing at /b (99 of this code before)",
            ],
            lines.Written);
    }

    private sealed class Lines : ILogger<RefusalLog>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) => Written.Add(formatter(state, exception));
    }

    private static Task<TestSilo> StartAsync(ThrottlingOptions throttling) =>
        TestSilo.StartAsync(change: options => options with { Throttling = throttling });

    private static async Task<HttpResponseMessage> FirstRefusalAsync(Func<Task<HttpResponseMessage>> send)
    {
        for (var i = 0; ; i++)
        {
            var answer = await send();
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                return answer;
            answer.Dispose();
            Assert.True(i < Enough, "no request was refused");
        }
    }

    private static ThrottlingOptions Read(params (string Name, string Value)[] settings) =>
        new ThrottlingOptions().Read(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(
                set => $"{ThrottlingOptions.Section}:{set.Name}", set => (string?)set.Value))
            .Build());
}
