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
            .Where(endpoint => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not { ExcludeFromDescription: true })
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => (Path: endpoint.RoutePattern.RawText!.TrimEnd('/'), Method: method.ToLowerInvariant())))
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

        var upload = document["paths"]!["/v1/federations/{federation}/participants/{participant}/updates/{sequence}"]!["put"]!;

        var names = upload["parameters"]!.AsArray().Select(parameter => (string?)parameter!["name"]);
        Assert.Contains("Content-Digest", names);
        Assert.Contains("Fed-Signature", names);
        Assert.NotNull(upload["requestBody"]!["content"]!["application/vnd.fedhier.update"]);
        Assert.NotNull(upload["responses"]!["409"]!["content"]!["application/problem+json"]);
    }

    [Fact]
    public async Task Page_AndAllThatItNames_ComeFromTheSilo()
    {
        await using var silo = await TestSilo.StartAsync();
        using var page = await silo.Client.GetAsync("/");
        var html = await page.Content.ReadAsStringAsync();

        Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("://", html, StringComparison.Ordinal);
        foreach (var file in new[] { "/page/page.css", "/page/page.js", "/page/tables.js", "/page/chart.js", "/page/icon.svg" })
            Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync(file)).StatusCode);
    }

    [Fact]
    public async Task Health_OfAReadySilo_SaysSo()
    {
        await using var silo = await TestSilo.StartAsync();

        Assert.Contains("\"ready\"", await silo.Client.GetStringAsync("/healthz"), StringComparison.Ordinal);
    }
}
