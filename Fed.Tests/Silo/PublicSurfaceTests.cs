using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Fed.Tests.Silo;

/// <summary>What the silo shows to anybody: the document, the page, the health.</summary>
public sealed class PublicSurfaceTests
{
    [Fact]
    public async Task OpenApi_ListsEveryRoute()
    {
        await using var silo = await TestSilo.StartAsync();
        var document = JsonNode.Parse(await silo.Client.GetStringAsync("/openapi/v1.json"))!;
        var endpoints = silo.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
        var described = endpoints
            .Where(endpoint =>
                endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>()?.ExcludeFromDescription != true)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => (endpoint.RoutePattern.RawText!.TrimEnd('/'), method.ToLowerInvariant())))
            .ToArray();

        Assert.True(described.Length >= 12);
        foreach (var (path, method) in described)
            Assert.True(document["paths"]?[path]?[method] is not null, $"{method} {path} is not in the document");
    }

    [Fact]
    public async Task OpenApi_OfTheUpload_NamesItsHeadersAndProblems()
    {
        await using var silo = await TestSilo.StartAsync();
        var document = JsonNode.Parse(await silo.Client.GetStringAsync("/openapi/v1.json"))!;

        const string Path = "/v1/federations/{federation}/participants/{participant}/updates/{sequence}";
        var upload = document["paths"]![Path]!["put"]!;

        var names = upload["parameters"]!.AsArray().Select(parameter => (string?)parameter!["name"]);
        Assert.Contains("Content-Digest", names);
        Assert.Contains("Fed-Signature", names);
        Assert.NotNull(upload["requestBody"]!["content"]!["application/vnd.fedhier.update"]);
        foreach (var status in new[] { "400", "401", "404", "408", "409", "411", "413", "415", "500", "503" })
            Assert.NotNull(upload["responses"]![status]!["content"]!["application/problem+json"]);
        Assert.Equal(2, Models(document["components"]!["schemas"]!));
    }

    /// <summary>How many schemas have a model; each is an object.</summary>
    private static int Models(JsonNode schemas)
    {
        var models = schemas.AsObject().Select(schema => schema.Value!["properties"]?["model"]).OfType<JsonNode>();
        Assert.All(models, model => Assert.Equal("object", (string?)model["type"]));
        return models.Count();
    }

    [Fact]
    public async Task Page_AndAllThatItNames_ComeFromTheSilo()
    {
        await using var silo = await TestSilo.StartAsync();
        using var page = await silo.Client.GetAsync("/");
        var html = await page.Content.ReadAsStringAsync();

        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("://", html, StringComparison.Ordinal);
        var assets = Directory.GetFiles(Repository.PathOf("Fed.Silo", "Page", "Assets"));
        foreach (var file in assets.Select(Path.GetFileName))
        {
            using var answer = await silo.Client.GetAsync(file == "index.html" ? "/" : $"/page/{file}");
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{file}: {answer.StatusCode}");
            Assert.Equal(policy, answer.Headers.GetValues("Content-Security-Policy").Single());
        }
    }

    [Fact]
    public async Task Page_ThatABrowserHas_IsNotSentAgain()
    {
        await using var silo = await TestSilo.StartAsync();
        using var first = await silo.Client.GetAsync("/page/page.js");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/page/page.js");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var answer = await silo.Client.SendAsync(again);

        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
    }

    [Fact]
    public async Task Health_OfAReadySilo_SaysSo()
    {
        await using var silo = await TestSilo.StartAsync();

        Assert.Contains("\"ready\"", await silo.Client.GetStringAsync("/healthz"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problem_ForAClientThatWantsSomethingElse_IsAProblem()
    {
        await using var silo = await TestSilo.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/federations/it's");
        request.Headers.Accept.ParseAdd("image/png");

        using var answer = await silo.Client.SendAsync(request);

        var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidRequest");
        Assert.Null(problem["traceId"]);
        Assert.Contains("it's", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
