using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Fed.Tests.Silo;

/// <summary>
/// Every bad update gets its code and leaves nothing behind: the blob folder is the same before and after.
/// </summary>
public sealed class UpdateRefusalTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    [Theory]
    [InlineData(float.NaN, "notFinite")]
    [InlineData(float.PositiveInfinity, "notFinite")]
    [InlineData(float.NegativeInfinity, "notFinite")]
    [InlineData(4.01f, "beyondBound")]
    [InlineData(-1e30f, "beyondBound")]
    public Task Update_WithABadValue_IsRefused(float value, string code) =>
        RefusedAsync((_, model) => TestParticipant.Update(model, value), HttpStatusCode.BadRequest, code);

    [Theory]
    [InlineData(null, null, "Content-Type is missing")]
    [InlineData("application/octet-stream", null, "application/octet-stream")]
    [InlineData("application/vnd.fedhier.update", "gzip", "the content encoding is 'gzip'")]
    public async Task Update_OfAnotherMediaTypeOrEncoded_IsUnsupported(string? type, string? encoding, string said)
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        using var request = participant.Request(1, TestParticipant.Update(federation.InitialModel));
        request.Content!.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        if (encoding is not null)
            request.Content.Headers.ContentEncoding.Add(encoding);

        using var answer = await shared.Silo.Client.SendAsync(request);

        var problem = await answer.ShouldBeProblem(HttpStatusCode.UnsupportedMediaType, "unsupportedMediaType");
        if (type != "application/octet-stream")
            Assert.Contains(said, (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(12, 4, "block length 4294967295 is not 8192")]
    [InlineData(24, 8, "weight 18446744073709551615 and count 1 must be 1 to 9223372036854775807")]
    public async Task Update_WithAFieldOfAllOnes_ShowsItUnsignedWithItsBound(int offset, int length, string said)
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        var update = TestParticipant.Update(federation.InitialModel);
        update.AsSpan(offset, length).Fill(0xFF);

        using var answer = await participant.SendAsync(1, update);

        var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "updateMalformed");
        Assert.Contains(said, (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public Task Update_OfAnotherDimension_IsRefused() => RefusedAsync(
        (_, model) => TestParticipant.Update(model, parameters: TestModel.Parameters - 1),
        HttpStatusCode.BadRequest,
        "layoutMismatch");

    [Fact]
    public Task Update_OfAnotherCodec_IsRefused() => RefusedAsync(
        (_, model) => TestParticipant.Update(model, codec: "int8"), HttpStatusCode.BadRequest, "codecNotAllowed");

    [Fact]
    public Task Update_ForAnUnknownBase_IsRefused() => RefusedAsync(
        (_, _) => TestParticipant.Update(new string('0', 64)), HttpStatusCode.Conflict, "unknownBaseVersion");

    [Fact]
    public Task Update_CutShort_IsRefused() => RefusedAsync(
        (_, model) => TestParticipant.Update(model)[..^9], HttpStatusCode.BadRequest, "updateTruncated");

    [Fact]
    public Task Update_WithBytesBehind_IsRefused() => RefusedAsync(
        (_, model) => [.. TestParticipant.Update(model), .. new byte[1 << 20]],
        HttpStatusCode.RequestEntityTooLarge,
        "updateTooLarge");

    [Fact]
    public Task Update_ThatIsSomethingElse_IsRefused() => RefusedAsync(
        (participant, model) => participant.Request(1, RandomNumberGenerator.GetBytes(256), model),
        HttpStatusCode.BadRequest,
        "updateMalformed");

    [Fact]
    public Task Update_AgainstAnotherBaseThanItsHeaderSays_IsRefused() => RefusedAsync(
        (participant, model) => participant.Request(1, TestParticipant.Update(new string('0', 64)), model),
        HttpStatusCode.BadRequest,
        "updateMalformed");

    [Theory]
    [InlineData("")]
    [InlineData("0123")]
    [InlineData("ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD")]
    public Task Update_WithoutAUsableBaseModel_IsRefused(string baseModel) => RefusedAsync(
        (participant, model) => participant.Request(1, TestParticipant.Update(model), baseModel),
        HttpStatusCode.BadRequest,
        "invalidRequest");

    [Fact]
    public async Task Update_WithAnyBitFlipped_IsRefused()
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        var whole = TestParticipant.Update(federation.InitialModel);
        var before = shared.Silo.BlobFiles();

        // One bit in each byte, another one each time: header, index and blocks.
        for (var position = 0; position < whole.Length; position++)
        {
            var flipped = (byte[])whole.Clone();
            flipped[position] ^= (byte)(1 << (position % 8));
            using var answer = await participant.SendAsync(1, flipped);
            Assert.True((int)answer.StatusCode is >= 400 and < 500, $"byte {position}: {answer.StatusCode}");
        }

        Assert.Equal(before, shared.Silo.BlobFiles());
    }

    [Fact]
    public Task Update_ThatChangedOnTheWay_IsRefused() => RefusedAsync(
        (participant, model) =>
        {
            // A valid update, but not the one that the digest and the signature are of.
            var request = participant.Request(1, TestParticipant.Update(model, 0.5f));
            var other = participant.Request(1, TestParticipant.Update(model, 0.75f));
            Replace(request, "Content-Digest", other.Content!.Headers.GetValues("Content-Digest").Single());
            ReplaceSignature(request, other.Headers.GetValues("Fed-Signature").Single());
            return request;
        },
        HttpStatusCode.BadRequest,
        "digestMismatch");

    [Fact]
    public Task Update_SignedWithAnotherKey_IsRefused() => RefusedAsync(
        (participant, model) =>
        {
            using var stranger = new TestParticipant(participant.Federation, "a");
            var body = TestParticipant.Update(model);
            var request = participant.Request(1, body);
            ReplaceSignature(request, stranger.Sign(1, Convert.ToHexStringLower(SHA256.HashData(body))));
            return request;
        },
        HttpStatusCode.Unauthorized,
        "signatureInvalid");

    [Theory]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("AAAA")]
    public Task Update_WithAMalformedSignature_IsRefused(string signature) => RefusedAsync(
        (participant, model) =>
        {
            var request = participant.Request(1, TestParticipant.Update(model));
            ReplaceSignature(request, signature);
            return request;
        },
        HttpStatusCode.Unauthorized,
        "signatureInvalid");

    [Theory]
    [InlineData("")]
    [InlineData("sha-256=:AAAA:")]
    [InlineData("sha-512=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:")]
    public Task Update_WithoutAUsableDigest_IsRefused(string digest) => RefusedAsync(
        (participant, model) =>
        {
            var request = participant.Request(1, TestParticipant.Update(model));
            Replace(request, "Content-Digest", digest);
            return request;
        },
        HttpStatusCode.BadRequest,
        "invalidRequest");

    [Fact]
    public Task Update_WithoutLength_IsRefused() => RefusedAsync(
        (participant, model) =>
        {
            var request = participant.Request(1, TestParticipant.Update(model));
            request.Headers.TransferEncodingChunked = true;
            return request;
        },
        HttpStatusCode.LengthRequired,
        "lengthRequired");

    [Fact]
    public Task Update_OfAnotherContentType_IsRefused() => RefusedAsync(
        (participant, model) =>
        {
            var request = participant.Request(1, TestParticipant.Update(model));
            request.Content!.Headers.ContentType = new("application/json");
            return request;
        },
        HttpStatusCode.UnsupportedMediaType,
        "unsupportedMediaType");

    [Fact]
    public Task Update_AfterAGap_IsRefused() => RefusedAsync(
        (participant, model) => participant.Request(3, TestParticipant.Update(model)),
        HttpStatusCode.Conflict,
        "sequenceGap");

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("one")]
    public async Task Update_WithANumberThatIsNone_IsRefused(string sequence)
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        var request = participant.Request(1, [1]);
        request.RequestUri = new Uri($"{participant.Path}/updates/{sequence}", UriKind.Relative);

        using var answer = await shared.Silo.Client.SendAsync(request);

        await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidRequest");
    }

    [Fact]
    public async Task Update_OfSomebodyWhoHasNotEnrolled_IsRefused()
    {
        var federation = await shared.CreateAsync();
        using var participant = new TestParticipant(federation, "a");
        var model = federation.InitialModel;
        var before = shared.Silo.BlobFiles();

        using var answer = await participant.SendAsync(1, TestParticipant.Update(model));

        await answer.ShouldBeProblem(HttpStatusCode.Unauthorized, "notEnrolled");
        Assert.Equal(before, shared.Silo.BlobFiles());
    }

    private Task RefusedAsync(
        Func<TestParticipant, string, byte[]> body, HttpStatusCode status, string code) =>
        RefusedAsync((participant, model) => participant.Request(1, body(participant, model)), status, code);

    private async Task RefusedAsync(
        Func<TestParticipant, string, HttpRequestMessage> make, HttpStatusCode status, string code)
    {
        var federation = await shared.CreateAsync(GoalOfTwo);
        using var participant = await federation.EnrolAsync();
        var model = federation.InitialModel;
        var before = shared.Silo.BlobFiles();

        using (var answer = await shared.Silo.Client.SendAsync(make(participant, model)))
            await answer.ShouldBeProblem(status, code);

        Assert.Equal(before, shared.Silo.BlobFiles());
        // And nothing is lost: the same number is still free for a good one.
        using var good = await participant.SendAsync(1, TestParticipant.Update(model));
        Assert.Equal(HttpStatusCode.Created, good.StatusCode);
    }

    // A single good update must not start a fold, whose blobs would appear beside the listing.
    private static void GoalOfTwo(JsonObject settings) => settings["clusterTier"]!["goal"] = 2;

    private static void Replace(HttpRequestMessage request, string header, string value)
    {
        request.Content!.Headers.Remove(header);
        request.Content.Headers.TryAddWithoutValidation(header, value);
    }

    private static void ReplaceSignature(HttpRequestMessage request, string value)
    {
        request.Headers.Remove("Fed-Signature");
        request.Headers.TryAddWithoutValidation("Fed-Signature", value);
    }
}
