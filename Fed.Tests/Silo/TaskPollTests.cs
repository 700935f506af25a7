using System.Net;
using System.Net.Http.Json;
using Fed.Contracts;
using Fed.Contracts.Participants;

namespace Fed.Tests.Silo;

public sealed class TaskPollTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    [Fact]
    public async Task Task_OfANewParticipant_IsToTrainTheInitialModel()
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();

        var task = await shared.Silo.Client.GetFromJsonAsync<ParticipantTask>(
            $"{participant.Path}/task", FedJson.Options);

        Assert.Equal((TaskKind.Train, 0), (task!.Kind, task.Version));
        Assert.Equal(federation.InitialModel, task.ModelSha256);
        Assert.Equal((TestModel.LayoutHash, 4f), (task.LayoutHash, task.Bound));
    }

    [Fact]
    public async Task Poll_WhileItWaits_WakesWhenAVersionIsCommitted()
    {
        // Folds at two contributions, so that the first contributor has nothing to do until the second has come.
        var federation = await shared.CreateAsync(settings => settings["clusterTier"]!["goal"] = 2);
        using var first = await federation.EnrolAsync("a");
        using var second = await federation.EnrolAsync("b");
        var model = federation.InitialModel;
        (await first.SendAsync(1, TestParticipant.Update(model))).EnsureSuccessStatusCode();
        using var now = await shared.Silo.Client.GetAsync($"{first.Path}/task?wait=0");
        Assert.Equal(HttpStatusCode.NoContent, now.StatusCode);

        var poll = shared.Silo.Client.GetAsync($"{first.Path}/task?wait=25");
        (await second.SendAsync(1, TestParticipant.Update(model, 0.5f))).EnsureSuccessStatusCode();

        using var answer = await poll;
        var task = await answer.Content.ReadFromJsonAsync<ParticipantTask>(FedJson.Options);
        Assert.Equal((TaskKind.Train, 1), (task!.Kind, task.Version));
        Assert.NotEqual(model, task.ModelSha256);
    }

    [Fact]
    public async Task Poll_WhenTheSiloStops_IsToldToComeBack()
    {
        await using var silo = await TestSilo.StartAsync();
        var settings = TestSilo.Settings();
        settings["clusterTier"]!["goal"] = 2;
        var federation = await TestFederation.CreateAsync(silo, settings);
        using var participant = await federation.EnrolAsync();
        var model = federation.InitialModel;
        (await participant.SendAsync(1, TestParticipant.Update(model))).EnsureSuccessStatusCode();
        using var watch = new StatusReader(await silo.Client.GetStreamAsync($"{federation.Url}/status/events"));
        await watch.NextAsync("status");

        var poll = silo.Client.GetAsync($"{participant.Path}/task?wait=25");
        // The poll itself makes the participant's 'last seen' change: proof that it has arrived.
        await watch.NextAsync("status");
        await silo.Host.StopAsync(CancellationToken.None);

        using var answer = await poll;
        await answer.ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "stopping");
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task Evaluation_OfAVersion_ShowsInTheStatus()
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        var model = federation.InitialModel;

        using var answer = await participant.EvaluateAsync(new EvaluationReport(0, model, 100, 40, 1.5));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        var status = await shared.Silo.Client.GetStringAsync($"{federation.Url}/status");
        Assert.Contains("\"accuracy\":0.4", status, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("the signature of another report")]
    public async Task Evaluation_WithoutItsSignature_IsRefused(string signature)
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        if (signature.Contains(' ', StringComparison.Ordinal))
            signature = participant.Sign(1, new string('0', 64));

        using var answer = await participant.EvaluateAsync(
            new EvaluationReport(0, federation.InitialModel, 100, 40, 1.5), signature);

        await answer.ShouldBeProblem(HttpStatusCode.Unauthorized, "signatureInvalid");
    }

    [Theory]
    [InlineData(999, true)]
    [InlineData(0, false)]
    public async Task Evaluation_OfAVersionOrModelThatIsNotThere_IsRefused(long version, bool rightModel)
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        var model = rightModel ? federation.InitialModel : new string('0', 64);

        using var answer = await participant.EvaluateAsync(new EvaluationReport(version, model, 100, 40, 1.5));

        await answer.ShouldBeProblem(HttpStatusCode.NotFound, "unknownVersion");
    }

    [Theory]
    [InlineData(0, 0, 1.0, 0.0)]
    [InlineData(10, 11, 1.0, 0.0)]
    [InlineData(10, -1, 1.0, 0.0)]
    [InlineData(10, 5, -1.0, 0.0)]
    [InlineData(10, 5, 1.0, 1.5)]
    [InlineData(long.MaxValue, 5, 1.0, 0.0)]
    public async Task Evaluation_ThatCannotBe_IsRefused(long examples, long correct, double loss, double clipped)
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        var model = federation.InitialModel;

        using var answer = await participant.EvaluateAsync(
            new EvaluationReport(0, model, examples, correct, loss, clipped));

        await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidRequest");
    }

    [Theory]
    [InlineData(0, 0, "labelCounts has 0 counts; it must have 1 to 1000, one for each class")]
    [InlineData(1001, 1, "labelCounts has 1001 counts; it must have 1 to 1000, one for each class")]
    [InlineData(2, -1, "labelCounts has -1; a count must be 0 to")]
    [InlineData(2, long.MaxValue, "labelCounts has 9223372036854775807; a count must be 0 to")]
    [InlineData(2, 0, "labelCounts counts no example")]
    public async Task Evaluation_WithLabelCountsThatCannotBe_IsRefused(int classes, long count, string detail)
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        var report = new EvaluationReport(
            0, federation.InitialModel, 100, 40, 1, LabelCounts: [.. Enumerable.Repeat(count, classes)]);

        using var answer = await participant.EvaluateAsync(report);

        await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidRequest");
        Assert.Contains(detail, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 10, 0, 1, "features.examples is 0; it must be 1 to")]
    [InlineData(1_000_000_001, 10, 0, 1, "features.examples is 1000000001; it must be 1 to")]
    [InlineData(1, 9, 0, 1, "features.means has 9 values; it must have 10")]
    [InlineData(1, 11, 0, 1, "features.means has 11 values; it must have 10")]
    [InlineData(1, 10, 1e10, 1, "features.means has 10000000000; it must be")]
    [InlineData(1, 10, 0, -1, "features.variances has -1; it must be 0 to")]
    [InlineData(1, 10, 0, 1e19, "features.variances has 1E+19; it must be 0 to")]
    public async Task Evaluation_WithFeaturesThatCannotBe_IsRefused(
        long examples, int features, double mean, double variance, string detail)
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        var report = new EvaluationReport(0, federation.InitialModel, 100, 40, 1, Features: new FeatureSummary(
            examples, [.. Enumerable.Repeat(mean, features)], [.. Enumerable.Repeat(variance, features)]));

        using var answer = await participant.EvaluateAsync(report);

        await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidRequest");
        Assert.Contains(detail, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
