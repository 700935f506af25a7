using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Fed.Core.Models;

namespace Fed.Tests.Silo;

public sealed class ModelDownloadTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    [Fact]
    public async Task Get_TheInitialModel_IsWhatTheSeedDraws()
    {
        var federation = await shared.CreateAsync();
        var sha256 = federation.InitialModel;

        using var answer = await shared.Silo.Client.GetAsync(Url(federation));

        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal($"\"{sha256}\"", answer.Headers.ETag?.ToString());
        var drawn = Safetensors.ReadParameters(new MemoryStream(bytes), TestModel.Specification.Layout);
        Assert.Equal(TestModel.Specification.Initialise((await federation.DescribeAsync())!.Settings.Seed), drawn);
    }

    [Fact]
    public async Task Get_WhatTheClientHas_IsNotModified()
    {
        var federation = await shared.CreateAsync();
        var sha256 = federation.InitialModel;
        using var request = new HttpRequestMessage(HttpMethod.Get, Url(federation));
        request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{sha256}\""));

        using var answer = await shared.Silo.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Get_ARange_GivesThoseBytes()
    {
        var federation = await shared.CreateAsync();
        var whole = await shared.Silo.Client.GetByteArrayAsync(Url(federation));
        using var request = new HttpRequestMessage(HttpMethod.Get, Url(federation));
        request.Headers.Range = new RangeHeaderValue(10, null);

        using var answer = await shared.Silo.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(whole[10..], await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(whole.Length, answer.Content.Headers.ContentRange?.Length);
    }

    [Fact]
    public async Task Get_ARangeBeyondTheEnd_IsRefusedWithTheLength()
    {
        var federation = await shared.CreateAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Url(federation));
        request.Headers.Range = new RangeHeaderValue(1 << 20, null);

        using var answer = await shared.Silo.Client.SendAsync(request);

        await answer.ShouldBeProblem(HttpStatusCode.RequestedRangeNotSatisfiable, "rangeNotSatisfiable");
    }

    [Theory]
    [InlineData("lines=1-2")]
    [InlineData("bytes")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=0-1,4-5")]
    public async Task Get_ARangeThatIsNotUnderstood_GivesTheWhole(string range)
    {
        var federation = await shared.CreateAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Url(federation));
        request.Headers.TryAddWithoutValidation("Range", range);

        using var answer = await shared.Silo.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var whole = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(federation.InitialModel, Convert.ToHexStringLower(SHA256.HashData(whole)));
    }

    [Fact]
    public async Task Head_OfAModel_HasLengthAndNoBody()
    {
        var federation = await shared.CreateAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, Url(federation));

        using var answer = await shared.Silo.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Content.Headers.ContentLength > TestModel.Parameters * sizeof(float));
    }

    [Fact]
    public async Task Get_AnyBlobThatIsNoModel_IsUnknown()
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        var model = federation.InitialModel;
        var update = TestParticipant.Update(model);
        (await participant.SendAsync(1, update)).EnsureSuccessStatusCode();

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(update));
        using var answer = await shared.Silo.Client.GetAsync(Url(federation, sha256));

        await answer.ShouldBeProblem(HttpStatusCode.NotFound, "unknownModel");
    }

    private static string Url(TestFederation federation, string? sha256 = null) =>
        $"{federation.Url}/models/{sha256 ?? federation.InitialModel}";
}
