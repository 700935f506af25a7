using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Fed.Tests.Silo;

public sealed class DiscardEndpointTests
{
    private const string Path = "/v1/discard";

    [Fact]
    public async Task Discard_UnlessAskedFor_IsNotThere()
    {
        await using var silo = await TestSilo.StartAsync();

        using var answer = await silo.Client.PutAsync(Path, new ByteArrayContent(new byte[10]));

        await answer.ShouldBeProblem(HttpStatusCode.NotFound, "notFound");
    }

    [Fact]
    public async Task Discard_ABody_CountsItsBytesAndKeepsNone()
    {
        await using var silo = await TestSilo.StartAsync(change: options => options with { DiscardEndpoint = true });
        var before = silo.BlobFiles();

        using var answer = await silo.Client.PutAsync(Path, new ByteArrayContent(new byte[300_000]));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var counted = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(300_000, counted.GetProperty("bytes").GetInt64());
        Assert.Equal(before, silo.BlobFiles());
    }

    [Fact]
    public async Task Discard_ThroughAProxy_IsRefused()
    {
        await using var silo = await TestSilo.StartAsync(change: options => options with { DiscardEndpoint = true });
        using var request = new HttpRequestMessage(HttpMethod.Put, Path);
        request.Content = new ByteArrayContent(new byte[10]);
        request.Headers.Add("X-Forwarded-For", "192.0.2.1");

        using var answer = await silo.Client.SendAsync(request);

        await answer.ShouldBeProblem(HttpStatusCode.Forbidden, "loopbackOnly");
    }
}
