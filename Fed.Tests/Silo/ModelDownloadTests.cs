using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Fed.Core.Models;

namespace Fed.Tests.Silo;

public sealed class ModelDownloadTests
{
    [Fact]
    public async Task Get_TheInitialModel_IsWhatTheSeedDraws()
    {
        await using var silo = await TestSilo.StartWithFederationAsync();
        var sha256 = (await silo.DescribeAsync()).InitialModel;

        using var answer = await silo.Client.GetAsync(Url(sha256));

        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal($"\"{sha256}\"", answer.Headers.ETag?.ToString());
        var drawn = Safetensors.ReadParameters(new MemoryStream(bytes), TestModel.Specification.Layout);
        Assert.Equal(TestModel.Specification.Initialise(1), drawn);
    }

    [Fact]
    public async Task Get_WhatTheClientHas_IsNotModified()
    {
        await using var silo = await TestSilo.StartWithFederationAsync();
        var sha256 = (await silo.DescribeAsync()).InitialModel;
        using var request = new HttpRequestMessage(HttpMethod.Get, Url(sha256));
        request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{sha256}\""));

        using var answer = await silo.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Get_ARange_GivesThoseBytes()
    {
        await using var silo = await TestSilo.StartWithFederationAsync();
        var sha256 = (await silo.DescribeAsync()).InitialModel;
        var whole = await silo.Client.GetByteArrayAsync(Url(sha256));
        using var request = new HttpRequestMessage(HttpMethod.Get, Url(sha256));
        request.Headers.Range = new RangeHeaderValue(10, null);

        using var answer = await silo.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(whole[10..], await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(whole.Length, answer.Content.Headers.ContentRange?.Length);
    }

    [Fact]
    public async Task Get_ARangeBeyondTheEnd_IsRefusedWithTheLength()
    {
        await using var silo = await TestSilo.StartWithFederationAsync();
        var sha256 = (await silo.DescribeAsync()).InitialModel;
        using var request = new HttpRequestMessage(HttpMethod.Get, Url(sha256));
        request.Headers.Range = new RangeHeaderValue(1 << 20, null);

        using var answer = await silo.Client.SendAsync(request);

        await answer.ShouldBeProblem(HttpStatusCode.RequestedRangeNotSatisfiable, "rangeNotSatisfiable");
    }

    [Fact]
    public async Task Head_OfAModel_HasLengthAndNoBody()
    {
        await using var silo = await TestSilo.StartWithFederationAsync();
        var sha256 = (await silo.DescribeAsync()).InitialModel;
        using var request = new HttpRequestMessage(HttpMethod.Head, Url(sha256));

        using var answer = await silo.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Content.Headers.ContentLength > TestModel.Parameters * sizeof(float));
    }

    [Fact]
    public async Task Get_AnyBlobThatIsNoModel_IsUnknown()
    {
        await using var silo = await TestSilo.StartWithFederationAsync();
        using var participant = await TestParticipant.EnrolledAsync(silo);
        var model = (await silo.DescribeAsync()).InitialModel;
        var update = TestParticipant.Update(model);
        (await participant.SendAsync(1, update)).EnsureSuccessStatusCode();

        using var answer = await silo.Client.GetAsync(Url(Convert.ToHexStringLower(SHA256.HashData(update))));

        await answer.ShouldBeProblem(HttpStatusCode.NotFound, "unknownModel");
    }

    private static string Url(string sha256) => $"/v1/federations/{TestSilo.Federation}/models/{sha256}";
}
