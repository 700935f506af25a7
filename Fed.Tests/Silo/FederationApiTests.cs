using System.Net;
using System.Text.Json.Nodes;
using Fed.Contracts.Federations;

namespace Fed.Tests.Silo;

public sealed class FederationApiTests
{
    [Fact]
    public async Task Create_ThenTheSameAgain_IsCreatedOnce()
    {
        await using var silo = await TestSilo.StartAsync();

        using var first = await silo.PutSettingsAsync(TestSilo.Settings());
        using var second = await silo.PutSettingsAsync(TestSilo.Settings());

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(TestSilo.Federation, Assert.Single(await silo.ListAsync()));
        var description = await silo.DescribeAsync();
        Assert.Equal(TestModel.Parameters, description.Parameters);
        Assert.Equal(TestModel.LayoutHash, description.LayoutHash);
        Assert.Equal(FederationState.Running, description.State);
    }

    [Fact]
    public async Task Create_WithOtherSettings_IsRefused()
    {
        await using var silo = await TestSilo.StartWithFederationAsync();
        var other = TestSilo.Settings();
        other["seed"] = 2;

        using var answer = await silo.PutSettingsAsync(other);

        await answer.ShouldBeProblem(HttpStatusCode.Conflict, "federationExists");
    }

    [Theory]
    [InlineData("not json", "line 1")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("null", "not a JSON object")]
    [InlineData("{}", "'name'")]
    [InlineData("""{"name":"codecs","name":"other"}""", "name")]
    public async Task Create_FromWhatIsNoSettings_SaysWhere(string body, string said)
    {
        await using var silo = await TestSilo.StartAsync();

        using var answer = await silo.Client.PutAsync("/v1/federations/codecs", TestSilo.Json(body));

        var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidSettings");
        Assert.Contains(said, (string?)problem["detail"], StringComparison.Ordinal);
        Assert.DoesNotContain("Fed.Contracts", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("surprise", "1", "surprise")]
    [InlineData("mode", "\"sometimes\"", "$.mode")]
    [InlineData("seed", "\"one\"", "$.seed")]
    [InlineData("roster", "[null]", "roster")]
    [InlineData("clusters", "[\"h264\", null]", "clusters")]
    [InlineData("model", "{}", "model")]
    [InlineData("specialisation", "1", "specialisation")]
    [InlineData("codec", "\"zip\"", "zip")]
    [InlineData("name", "\"another\"", "another")]
    public async Task Create_WithAWrongProperty_NamesItAndLeavesNothing(string property, string value, string said)
    {
        await using var silo = await TestSilo.StartAsync();
        var before = silo.BlobFiles();
        var settings = TestSilo.Settings();
        settings[property] = JsonNode.Parse(value);

        using var answer = await silo.PutSettingsAsync(settings);

        var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidSettings");
        Assert.Contains(said, (string?)problem["detail"], StringComparison.Ordinal);
        Assert.Equal(before, silo.BlobFiles());
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    [InlineData("Forwarded", "for=203.0.113.9")]
    [InlineData("Host", "evil.example")]
    public async Task Create_FromElsewhere_IsForbidden(string header, string value)
    {
        await using var silo = await TestSilo.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/federations/codecs")
        {
            Content = TestSilo.Json(TestSilo.Settings().ToJsonString()),
        };
        request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await silo.Client.SendAsync(request);

        await answer.ShouldBeProblem(HttpStatusCode.Forbidden, "loopbackOnly");
    }

    [Theory]
    [InlineData("/v1/federations/nobody", "unknownFederation")]
    [InlineData("/v1/federations/nobody/status", "unknownFederation")]
    [InlineData("/v1/federations/nobody/status/events", "unknownFederation")]
    [InlineData("/v1/federations/nobody/versions", "unknownFederation")]
    [InlineData("/v1/federations/nobody/participants/a/task", "unknownFederation")]
    [InlineData("/v1/federations/codecs/participants/nobody/task", "unknownParticipant")]
    [InlineData("/v1/federations/codecs/versions?tier=vp9", "unknownCluster")]
    [InlineData("/v1/federations/codecs/models/abc", "unknownModel")]
    [InlineData("/v1/federations/codecs/nothing", "notFound")]
    [InlineData("/nothing", "notFound")]
    public async Task Get_OfWhatIsNotThere_SaysWhat(string path, string code)
    {
        await using var silo = await TestSilo.StartWithFederationAsync();

        using var answer = await silo.Client.GetAsync(path);

        await answer.ShouldBeProblem(HttpStatusCode.NotFound, code);
    }

    [Theory]
    [InlineData("/v1/federations/CODECS")]
    [InlineData("/v1/federations/codecs/participants/a%2Fb/task")]
    [InlineData("/v1/federations/codecs/participants/a/task?wait=26")]
    [InlineData("/v1/federations/codecs/participants/a/task?wait=soon")]
    [InlineData("/v1/federations/codecs/versions?limit=0")]
    public async Task Get_WithAWrongNameOrNumber_IsRefused(string path)
    {
        await using var silo = await TestSilo.StartWithFederationAsync();

        using var answer = await silo.Client.GetAsync(path);

        await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidRequest");
    }

    [Fact]
    public async Task Delete_OfAFederation_IsNotAMethod()
    {
        await using var silo = await TestSilo.StartWithFederationAsync();

        using var answer = await silo.Client.DeleteAsync("/v1/federations/codecs");

        await answer.ShouldBeProblem(HttpStatusCode.MethodNotAllowed, "methodNotAllowed");
    }
}
