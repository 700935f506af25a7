using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fed.Tests.Silo;

/// <summary>Orleans' dashboard: off unless it was asked for, and then for the silo's own machine.</summary>
public sealed partial class DashboardTests
{
    [Fact]
    public async Task Dashboard_ThatNobodyAskedFor_IsNotThere()
    {
        await using var silo = await TestSilo.StartAsync();

        foreach (var path in new[] { "/orleans", "/orleans/", "/orleans/DashboardCounters" })
        {
            using var answer = await silo.Client.GetAsync(path);
            await answer.ShouldBeProblem(HttpStatusCode.NotFound, "notFound");
        }
    }

    [Fact]
    public async Task Dashboard_FromTheSilosMachine_HasItsPageAndFiguresAndNeedsNobodyElse()
    {
        await using var silo = await StartAsync();

        var page = await silo.Client.GetStringAsync("/orleans");

        var files = Files().Matches(page).Select(match => match.Groups["path"].Value).ToArray();
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            Assert.DoesNotContain("//", file, StringComparison.Ordinal);
            using var answer = await silo.Client.GetAsync($"/orleans/{file}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        // Orleans looks at its silos now and then, and knows of none before.
        JsonArray hosts;
        do
        {
            var counters = await silo.Client.GetStringAsync("/orleans/DashboardCounters");
            hosts = JsonNode.Parse(counters)!["hosts"]!.AsArray();
        }
        while (hosts.Count == 0);
        Assert.Single(hosts);
    }

    [Theory]
    [InlineData("/orleans")]
    [InlineData("/orleans/index.min.js")]
    [InlineData("/orleans/DashboardCounters")]
    [InlineData("/orleans/GrainState?grainId=a&grainType=b")]
    [InlineData("/orleans/Trace")]
    public async Task Dashboard_ThroughAProxy_IsRefusedAsAllThatIsForStewards(string path)
    {
        await using var silo = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        using var other = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = "silo.example" } };

        using var answer = await silo.Client.SendAsync(request);
        using var rebound = await silo.Client.SendAsync(other);

        await answer.ShouldBeProblem(HttpStatusCode.Forbidden, "loopbackOnly");
        await rebound.ShouldBeProblem(HttpStatusCode.Forbidden, "loopbackOnly");
    }

    [Fact]
    public async Task Dashboard_AskedForTheLog_DoesNotShowIt()
    {
        await using var silo = await StartAsync();

        using var answer = await silo.Client.GetAsync("/orleans/Trace");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private static Task<TestSilo> StartAsync() =>
        TestSilo.StartAsync(change: options => options with { Dashboard = true });

    [GeneratedRegex("(src|href)=\"(?<path>[^\"]+)\"")]
    private static partial Regex Files();
}
