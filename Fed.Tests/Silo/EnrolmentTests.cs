using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Fed.Contracts;
using Fed.Contracts.Participants;

namespace Fed.Tests.Silo;

public sealed class EnrolmentTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    [Fact]
    public async Task Enrol_Twice_GivesTheSame()
    {
        var federation = await shared.CreateAsync();
        using var participant = new TestParticipant(federation, "a");

        using var first = await participant.EnrolAsync();
        using var second = await participant.EnrolAsync();

        var enrolment = await first.Content.ReadFromJsonAsync<Enrolment>(FedJson.Options);
        Assert.Equal(enrolment, await second.Content.ReadFromJsonAsync<Enrolment>(FedJson.Options));
        Assert.Equal((1, "h264"), (enrolment!.NextSequence, enrolment.Cluster));
    }

    [Fact]
    public async Task Enrol_WithAnotherKey_IsRefused()
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        using var impostor = new TestParticipant(federation, "a");

        using var answer = await impostor.EnrolAsync();

        await answer.ShouldBeProblem(HttpStatusCode.Unauthorized, "signatureInvalid");
    }

    [Theory]
    [InlineData("stranger", "h264", "unknownParticipant")]
    [InlineData("a", "vp9", "unknownCluster")]
    [InlineData("a", "av1", "unknownCluster")]
    public async Task Enrol_WithAnUnknownName_IsRefused(string name, string cluster, string code)
    {
        var federation = await shared.CreateAsync();
        using var participant = new TestParticipant(federation, name);

        using var answer = await participant.EnrolAsync(cluster);

        await answer.ShouldBeProblem(HttpStatusCode.NotFound, code);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"cluster":"h264","task":"media-qc"}""")]
    [InlineData("""{"cluster":"h264","task":"media-qc","publicKey":null}""")]
    [InlineData("""{"cluster":"h264","task":"media-qc","publicKey":"AAAA"}""")]
    [InlineData("""{"cluster":"h264","task":"media-qc","publicKey":"AAAA","extra":1}""")]
    [InlineData("""{"cluster":"h264","cluster":"av1","task":"media-qc","publicKey":"AAAA"}""")]
    [InlineData("""{"cluster":1,"task":"media-qc","publicKey":"AAAA"}""")]
    public async Task Enrol_WithABadBody_SaysWhatIsWrong(string body)
    {
        var federation = await shared.CreateAsync();

        using var answer = await shared.Silo.Client.PutAsync(
            $"{federation.Url}/participants/a/enrolment", TestSilo.Json(body));

        var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidRequest");
        if (body.Contains(":1,", StringComparison.Ordinal))
        {
            Assert.Contains(
                "1 is not possible here; it must be a text", (string?)problem["detail"], StringComparison.Ordinal);
        }

        Assert.DoesNotContain("Fed.", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""["a","b","c","d"]""", "\"qc-v2\"", null)]
    [InlineData("""["b","a","c","d"]""", "\"qc-v2\"", "[b, a, c, d], the federation's are [a, b, c, d]")]
    [InlineData("""["a"]""", "\"qc-v2\"", "[a], the federation's are [a, b, c, d]")]
    [InlineData("""["a","b","c","D"]""", "\"qc-v2\"", "[a, b, c, D], the federation's are [a, b, c, d]")]
    [InlineData("null", "\"qc-v2\"", "states no classes, the federation's are [a, b, c, d]")]
    [InlineData("""["a","b","c","d"]""", "\"qc-v0\"", "features 'qc-v0', the federation's are 'qc-v2'")]
    [InlineData("""["a","b","c","d"]""", "null", "states no features, the federation's are 'qc-v2'")]
    public async Task Enrol_WithOtherClassesOrFeatures_IsRefusedNamingBoth(
        string classes, string features, string? reason)
    {
        var federation = await shared.CreateAsync(settings =>
        {
            settings["classes"] = new JsonArray("a", "b", "c", "d");
            settings["features"] = "qc-v2";
        });
        using var participant = new TestParticipant(federation, "a");
        var body = $$"""
            {"cluster":"h264","task":"media-qc","publicKey":"{{participant.PublicKey}}",
             "classes":{{classes}},"features":{{features}}}
            """;

        using var answer = await shared.Silo.Client.PutAsync(
            $"{participant.Path}/enrolment", TestSilo.Json(body));

        if (reason is null)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return;
        }

        var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidRequest");
        Assert.Contains(reason, (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WithMoreClassesThanTheModelHas_IsRefusedNamingBothNumbers()
    {
        var settings = TestSilo.Settings(shared.NewName());
        settings["classes"] = new JsonArray("a", "b", "c", "d", "e");

        using var answer = await shared.Silo.PutSettingsAsync(settings, (string)settings["name"]!);

        var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidSettings");
        Assert.Contains(
            "classes names 5, but the model tells 4 apart", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.3.132.0.10")] // secp256k1 has 256 bits too.
    [InlineData("1.3.132.0.34")] // P-384
    public async Task Enrol_WithAKeyOfAnotherCurve_IsRefused(string curve)
    {
        var federation = await shared.CreateAsync();
        using var key = ECDsa.Create(ECCurve.CreateFromValue(curve));
        var publicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
        var request = new EnrolmentRequest("h264", "media-qc", publicKey);

        using var answer = await shared.Silo.Client.PutAsJsonAsync(
            $"{federation.Url}/participants/a/enrolment", request, FedJson.Options);

        await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidRequest");
    }

    [Fact]
    public async Task Enrol_WithAHugeBody_IsCutOff()
    {
        var federation = await shared.CreateAsync();

        using var answer = await shared.Silo.Client.PutAsync(
            $"{federation.Url}/participants/a/enrolment",
            TestSilo.Json($$"""{"cluster":"{{new StringBuilder().Append('x', 100_000)}}"}"""));

        await answer.ShouldBeProblem(HttpStatusCode.RequestEntityTooLarge, "requestTooLarge");
    }
}
