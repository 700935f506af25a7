using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Xunit.Abstractions;

namespace Fed.Tests.Client;

/// <summary>Whole federations with control variates: real agents against the real silo.</summary>
public sealed class ControlFederationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    public async Task Federation_OfUnlikeHouses_IsTheAlgorithm(double momentum)
    {
        const int rounds = 6, steps = 4;
        using var houses = new SkewedHouses();

        var vector = await houses.RunAsync(SkewedHouses.Settings(rounds, steps, momentum));

        var expected = new PlainScaffold(houses.Data, SkewedHouses.Decay)
            .Train(SkewedHouses.Start, rounds, steps, SkewedHouses.Rate, momentum);
        Assert.Equal(2 * SkewedHouses.Parameters, vector.Length);
        Near(expected.Model, vector[..SkewedHouses.Parameters], "x");
        Near(expected.Control, vector[SkewedHouses.Parameters..], "c");
        for (var i = 0; i < expected.Own.Length; i++)
            Near(expected.Own[i], SkewedHouses.Own(houses.Agents[i]), $"c_{i}");
    }

    [Fact]
    public async Task Federation_OfUnlikeHouses_EndsNearerTheOptimumThanFedAvg()
    {
        const int rounds = 30, steps = 10;
        using var houses = new SkewedHouses();
        using var plain = new SkewedHouses();
        var optimum = new PlainScaffold(houses.Data, SkewedHouses.Decay)
            .Optimum(SkewedHouses.Start, 2_000, SkewedHouses.Rate);

        var controlled = await houses.RunAsync(SkewedHouses.Settings(rounds, steps));
        var averaged = await plain.RunAsync(SkewedHouses.Settings(rounds, steps, controlled: false));

        var (near, far) = (Distance(optimum, controlled), Distance(optimum, averaged));
        output.WriteLine($"distance from the optimum: SCAFFOLD {near:0.00000}, FedAvg {far:0.00000}");
        Assert.True(near < far / 10, $"SCAFFOLD ends {near} from the optimum, FedAvg {far}");
    }

    [Theory]
    [InlineData("int8", 8f)]
    [InlineData("int4", 8f)]
    [InlineData("bfloat16", 8f)]
    [InlineData("float32", 0.01f)]
    public async Task Federation_WhoseUpdatesAreRoundedOrCut_HasTheMeanOfAllControls(string codec, float bound)
    {
        using var houses = new SkewedHouses();
        var settings = SkewedHouses.Settings(rounds: 5, steps: 3) with { Codec = codec };

        var vector = await houses.RunAsync(
            settings with { Arithmetic = settings.Arithmetic with { Bound = bound } });

        var events = houses.Agents.SelectMany(agent => agent.Events);
        Assert.Equal(bound < 1, events.Any(line => line.Event == AgentEventKind.Clipped));
        var own = houses.Agents.Select(SkewedHouses.Own).ToArray();
        // The grid rounds to 2^-22, once a round.
        Near(
            [.. Enumerable.Range(0, SkewedHouses.Parameters).Select(i => own.Average(control => (double)control[i]))],
            vector[SkewedHouses.Parameters..],
            "c",
            1e-6);
    }

    [Fact]
    public async Task Federation_WithAHouseThatNeverComes_CountsItAsZero()
    {
        using var houses = new SkewedHouses();
        var settings = SkewedHouses.Settings(rounds: 3, steps: 3) with
        {
            ClusterTier = new TierSettings { DeadlineSeconds = 0.1 },
        };
        var present = houses.Agents.Where(agent => agent.Participant != "b").ToArray();

        var vector = await SkewedHouses.RunAsync(settings, present);

        var own = present.Select(SkewedHouses.Own).ToArray();
        Near(
            [.. Enumerable.Range(0, SkewedHouses.Parameters).Select(i => own.Sum(control => (double)control[i]) / 3)],
            vector[SkewedHouses.Parameters..],
            "c",
            1e-6);
    }

    [Fact]
    public async Task Agent_StoppedAndStartedAgain_GoesOnWithItsControl()
    {
        await using var silo = await ClientSilo.StartAsync(Alone(targetVersions: 6));
        using var agent = new AgentHarness("a", "h264");
        await StopAfterAsync(agent, silo, AgentEventKind.Accepted);

        await agent.RunAsync(silo.Address);

        Assert.DoesNotContain(agent.Events, line => line.Event == AgentEventKind.ControlLost);
        Assert.Contains(SkewedHouses.Own(agent), value => value != 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Agent_WhoseControlIsLost_SaysSoAndGoesOn(bool ledgerToo)
    {
        await using var silo = await ClientSilo.StartAsync(Alone(targetVersions: 1_000_000));
        using var agent = new AgentHarness("a", "h264");
        await StopAfterAsync(agent, silo, AgentEventKind.Accepted);
        foreach (var file in Directory.EnumerateFiles(agent.State, "*", SearchOption.AllDirectories))
        {
            if (Path.GetExtension(file) == ".residual" || (ledgerToo && Path.GetFileName(file) == "ledger.json"))
                File.Delete(file);
        }

        var before = agent.Events.Count(line => line.Event == AgentEventKind.Accepted);
        await StopAfterAsync(agent, silo, AgentEventKind.Accepted, before + 3);

        var lost = agent.Events.Last(line => line.Event == AgentEventKind.ControlLost);
        Assert.EndsWith($"; the gradient at version {lost.Version} takes its place", lost.Message);
        // With its next update there is a control again.
        var after = agent.Events.SkipWhile(line => line != lost);
        Assert.True(after.Count(line => line.Event == AgentEventKind.Accepted) >= 2);
    }

    [Fact]
    public async Task Create_WithAModelTooLargeForTwo_IsRefused()
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings());
        using var client = new FederationClient(silo.Address);
        const string model =
            """{"name":"big","input":[68],"layers":[{"type":"dense","units":1000000}],"loss":"softmaxCrossEntropy"}""";

        var refused = await Assert.ThrowsAsync<ProtocolException>(() => client.CreateAsync(
            Alone(1) with { Name = "big", Model = model }, CancellationToken.None));

        Assert.Equal("invalidSettings", refused.Code);
        Assert.Contains("69000000 parameters exceed 67108864, the most with control variates", refused.Detail);
        Assert.Contains("set training.controlVariates to false", refused.Detail);
    }

    /// <summary>A federation of participant a.</summary>
    private static FederationSettings Alone(int targetVersions) => SkewedHouses.Settings(targetVersions, steps: 2) with
    {
        Clusters = ["h264"],
        Roster = [new RosterEntry("a", "h264")],
        EvaluateEvery = 1,
    };

    private static async Task StopAfterAsync(AgentHarness agent, ClientSilo silo, AgentEventKind kind, int count = 1)
    {
        using var stop = new CancellationTokenSource();
        var run = agent.RunAsync(silo.Address, cancellationToken: stop.Token);
        await agent.WaitForAsync(kind, count);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    private void Near(double[] expected, float[] actual, string what, double tolerance = 1e-5)
    {
        var worst = expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second));
        output.WriteLine($"{what}: largest {expected.Max(Math.Abs):0.000}, differs by at most {worst:0.0E0}");
        Assert.True(worst < tolerance, $"{what} differs by {worst}");
    }

    private static double Distance(double[] optimum, float[] vector) =>
        Math.Sqrt(optimum.Zip(vector).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second)));
}
