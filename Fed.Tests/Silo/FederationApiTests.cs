using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Fed.Contracts;
using Fed.Contracts.Federations;

namespace Fed.Tests.Silo;

public sealed class FederationApiTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    [Fact]
    public async Task Create_ThenTheSameAgain_IsCreatedOnce()
    {
        var name = shared.NewName();

        using var first = await shared.Silo.PutSettingsAsync(TestSilo.Settings(name), name);
        using var second = await shared.Silo.PutSettingsAsync(TestSilo.Settings(name), name);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Single(await shared.Silo.ListAsync(), listed => listed == name);
        var description = await first.Content.ReadFromJsonAsync<FederationDescription>(FedJson.Options);
        Assert.Equal(TestModel.Parameters, description!.Parameters);
        Assert.Equal(TestModel.LayoutHash, description.LayoutHash);
        Assert.Equal(FederationState.Running, description.State);
    }

    [Fact]
    public async Task Create_OfACohortWithoutADeadline_WarnsInTheAnswer()
    {
        var settings = TestSilo.Settings(shared.NewName());
        settings["clusterTier"] = new JsonObject { ["goal"] = 0 };

        using var answer = await shared.Silo.PutSettingsAsync(settings, (string)settings["name"]!);

        var description = await answer.Content.ReadFromJsonAsync<JsonNode>();
        Assert.Contains(
            "cluster 'h264' waits for ever for a participant that does not come",
            (string?)Assert.Single(description!["warnings"]!.AsArray()),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WithOtherSettings_IsRefused()
    {
        var federation = await shared.CreateAsync();
        var other = TestSilo.Settings(federation.Name);
        other["seed"] = 1_000_000;

        using var answer = await shared.Silo.PutSettingsAsync(other, federation.Name);

        await answer.ShouldBeProblem(HttpStatusCode.Conflict, "federationExists");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Create_WithTheSameModelWrittenOtherwise_IsTheSame(bool asText)
    {
        var name = shared.NewName();
        var model = JsonNode.Parse(TestModel.Json)!;
        var turned = new JsonObject(model.AsObject().Reverse().Select(
            member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        var again = TestSilo.Settings(name);
        again["model"] = asText ? model.ToJsonString(new() { WriteIndented = true }) : turned;

        using var first = await shared.Silo.PutSettingsAsync(TestSilo.Settings(name), name);
        using var second = await shared.Silo.PutSettingsAsync(again, name);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        var answer = JsonNode.Parse(await second.Content.ReadAsStringAsync())!;
        Assert.True(JsonNode.DeepEquals(model, answer["settings"]!["model"]));
    }

    [Theory]
    [InlineData("not json", "line 1")]
    [InlineData("[]", "an object in braces")]
    [InlineData("null", "an object in braces")]
    [InlineData("{}", "'name'")]
    [InlineData("""{"name":"codecs","name":"other"}""", "name")]
    public async Task Create_FromWhatIsNoSettings_SaysWhere(string body, string said)
    {
        using var answer = await shared.Silo.Client.PutAsync("/v1/federations/codecs", TestSilo.Json(body));

        var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidSettings");
        Assert.Contains(said, (string?)problem["detail"], StringComparison.Ordinal);
        Assert.DoesNotContain("Fed.Contracts", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WithAWrongValueInALongFile_NamesItsOwnLineAndWhatIsPossible()
    {
        var settings = TestSilo.Settings(shared.NewName());
        settings["mode"] = "sometimes";
        var text = settings.ToJsonString(new() { WriteIndented = true });
        var lines = text.Split('\n');
        var line = Array.FindIndex(lines, one => one.Contains("sometimes", StringComparison.Ordinal));

        using var answer = await shared.Silo.Client.PutAsync(
            $"/v1/federations/{settings["name"]}", TestSilo.Json(text));

        var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidSettings");
        Assert.Contains(
            $"at $.mode (line {line + 1}, column {lines[line].IndexOf("\"sometimes", StringComparison.Ordinal) + 1}): "
            + "\"sometimes\" is not possible here; it must be \"async\" or \"sync\"",
            (string?)problem["detail"],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WithAByteOrderMark_IsTaken()
    {
        var settings = TestSilo.Settings(shared.NewName());
        byte[] body = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(settings.ToJsonString())];

        using var answer = await PutBytesAsync(settings, body);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task Create_InLatin1_IsRefusedNamingTheByte()
    {
        var settings = TestSilo.Settings(shared.NewName());
        var text = settings.ToJsonString().Replace("tiny", "tüny", StringComparison.Ordinal);

        using var answer = await PutBytesAsync(settings, Encoding.Latin1.GetBytes(text));

        var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidSettings");
        Assert.Contains("the byte 0xFC, which is no UTF-8", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("text/plain", null)]
    [InlineData("application/json", "gzip")]
    public async Task Create_FromWhatIsNotSaidToBeJson_IsUnsupported(string? type, string? encoding)
    {
        var settings = TestSilo.Settings(shared.NewName());

        using var answer = await PutBytesAsync(
            settings, Encoding.UTF8.GetBytes(settings.ToJsonString()), type, encoding);

        await answer.ShouldBeProblem(HttpStatusCode.UnsupportedMediaType, "unsupportedMediaType");
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
        var before = shared.Silo.BlobFiles();
        var settings = TestSilo.Settings();
        settings[property] = JsonNode.Parse(value);

        using var answer = await shared.Silo.PutSettingsAsync(settings, TestSilo.Federation);

        var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidSettings");
        Assert.Contains(said, (string?)problem["detail"], StringComparison.Ordinal);
        Assert.Equal(before, shared.Silo.BlobFiles());
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.9", "it came through a proxy: it has the header X-Forwarded-For")]
    [InlineData("Forwarded", "for=203.0.113.9", "it came through a proxy: it has the header Forwarded")]
    [InlineData("Host", "evil.example", "it names the server 'evil.example', which is not 127.0.0.1")]
    public async Task Create_FromElsewhere_IsForbidden(string header, string value, string reason)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/federations/codecs")
        {
            Content = TestSilo.Json(TestSilo.Settings().ToJsonString()),
        };
        request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await shared.Silo.Client.SendAsync(request);

        var problem = await answer.ShouldBeProblem(HttpStatusCode.Forbidden, "loopbackOnly");
        Assert.Contains(reason, (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clusters/h264/ledger")]
    [InlineData("blobs/INITIAL")]
    public async Task Audit_FromElsewhere_IsForbidden(string path)
    {
        var federation = await shared.CreateAsync();
        var url = $"{federation.Url}/{path.Replace("INITIAL", federation.InitialModel, StringComparison.Ordinal)}";
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");

        using var answer = await shared.Silo.Client.SendAsync(request);

        await answer.ShouldBeProblem(HttpStatusCode.Forbidden, "loopbackOnly");
        using var own = await shared.Silo.Client.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Theory]
    [InlineData("/v1/federations/nobody", "unknownFederation")]
    [InlineData("/v1/federations/nobody/status", "unknownFederation")]
    [InlineData("/v1/federations/nobody/status/events", "unknownFederation")]
    [InlineData("/v1/federations/nobody/versions", "unknownFederation")]
    [InlineData("/v1/federations/nobody/participants/a/task", "unknownFederation")]
    [InlineData("/v1/federations/FED/participants/nobody/task", "unknownParticipant")]
    [InlineData("/v1/federations/FED/versions?tier=vp9", "unknownCluster")]
    [InlineData("/v1/federations/FED/models/abc", "unknownModel")]
    [InlineData("/v1/federations/FED/clusters/vp9/ledger", "unknownCluster")]
    [InlineData("/v1/federations/FED/blobs/abc", "notFound")]
    [InlineData("/v1/federations/FED/nothing", "notFound")]
    [InlineData("/nothing", "notFound")]
    public async Task Get_OfWhatIsNotThere_SaysWhat(string path, string code)
    {
        var federation = await shared.CreateAsync();

        var url = path.Replace("FED", federation.Name, StringComparison.Ordinal);
        using var answer = await shared.Silo.Client.GetAsync(url);

        await answer.ShouldBeProblem(HttpStatusCode.NotFound, code);
    }

    [Theory]
    [InlineData("/v1/federations/CODECS", "'CODECS'")]
    [InlineData("/v1/federations/FED/participants/a%2Fb/task", "'a")]
    [InlineData("/v1/federations/FED/participants/a/task?wait=26", "wait is '26'; it must be a whole number, 0 to 25")]
    [InlineData("/v1/federations/FED/participants/a/task?wait=soon", "wait is 'soon'; it must be")]
    [InlineData("/v1/federations/FED/versions?limit=0", "limit is '0'; it must be a whole number, 1 to 1000")]
    public async Task Get_WithAWrongNameOrNumber_IsRefused(string path, string said)
    {
        var federation = await shared.CreateAsync();

        var url = path.Replace("FED", federation.Name, StringComparison.Ordinal);
        using var answer = await shared.Silo.Client.GetAsync(url);

        var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidRequest");
        Assert.Contains(said, (string?)problem["detail"], StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> PutBytesAsync(
        JsonObject settings, byte[] body, string? type = "application/json", string? encoding = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return await shared.Silo.Client.PutAsync($"/v1/federations/{settings["name"]}", content);
    }

    [Fact]
    public async Task Delete_OfAFederation_IsNotAMethod()
    {
        var federation = await shared.CreateAsync();

        using var answer = await shared.Silo.Client.DeleteAsync(federation.Url);

        await answer.ShouldBeProblem(HttpStatusCode.MethodNotAllowed, "methodNotAllowed");
    }
}
