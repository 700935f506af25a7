using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;

namespace Fed.Tests.Silo.Clients;

/// <summary>Calls of Orleans clients are throttled as requests over HTTP are, by the same settings.</summary>
public sealed class ThrottledCallTests
{
    /// <summary>At one a second it would take minutes to get through without meeting a limit.</summary>
    private const int Enough = 300;

    [Fact]
    public async Task Participant_ThatCallsTooOften_HasToWaitAndOthersDoNot()
    {
        await using var silo = await StartAsync("Request");
        var federation = (await silo.CreateAsync()).Name;
        using var client = await RawClient.EnrolAsync(silo, federation);
        using var other = await RawClient.EnrolAsync(silo, federation, "b");

        var refused = await FirstRefusalAsync(() => client.AsAsync(
            client.Show(federation), () => client.Gateway.FindReceipt(federation, "a", 1)));

        Assert.Contains("1 requests a second of this participant", refused.Message, StringComparison.Ordinal);
        var standing = await RawClient.ProblemOf(() => other.AsAsync(
            other.Show(federation), () => other.Gateway.FindReceipt(federation, "b", 1)));
        Assert.Equal(RawClient.CodeOf(RefusalCode.UnknownReceipt), standing.Code);
    }

    [Fact]
    public async Task Participant_InWhoseNameOthersCall_DoesNotWait()
    {
        await using var silo = await StartAsync("Request");
        var federation = (await silo.CreateAsync()).Name;
        using var client = await RawClient.EnrolAsync(silo, federation);
        using var stranger = await RawClient.ConnectAsync(silo);
        for (var i = 0; i < 20; i++)
        {
            var forged = await RawClient.ProblemOf(() => stranger.AsAsync(
                stranger.Show(federation), () => stranger.Gateway.NextTask(federation, "a", TimeSpan.Zero)));
            Assert.Equal(RawClient.CodeOf(RefusalCode.CapabilityInvalid), forged.Code);
        }

        Assert.NotNull(await client.AsAsync(
            client.Show(federation), () => client.Gateway.NextTask(federation, "a", TimeSpan.Zero)));
    }

    [Fact]
    public async Task Client_ThatIsRefusedTooOften_HasToWaitAndOthersDoNot()
    {
        await using var silo = await StartAsync("Refusal");
        var federation = (await silo.CreateAsync()).Name;
        using var client = await RawClient.ConnectAsync(silo);
        using var other = await RawClient.ConnectAsync(silo);

        var refused = await FirstRefusalAsync(() => client.Gateway.Describe("nobody"));

        Assert.Contains("of this client were refused", refused.Message, StringComparison.Ordinal);
        Assert.Equal(federation, (await other.Gateway.Describe(federation)).Settings.Name);
    }

    private static async Task<GatewaySilo> StartAsync(string kind)
    {
        var silo = new GatewaySilo(new()
        {
            [$"Throttling:{kind}sPerSecond"] = "1",
            [$"Throttling:{kind}Burst"] = "5",
        });
        await silo.InitializeAsync();
        return silo;
    }

    /// <summary>The first answer that asks for patience.</summary>
    private static async Task<ProblemException> FirstRefusalAsync(Func<Task> call)
    {
        for (var i = 0; i < Enough; i++)
        {
            try
            {
                await call();
            }
            catch (ProblemException problem) when (problem.Status == 429)
            {
                Assert.Equal("tooManyRequests", problem.Code);
                Assert.True(problem.RetryAfter >= TimeSpan.FromSeconds(1));
                return problem;
            }
            catch (ProblemException problem) when (problem.Status == 404)
            {
                // What was asked for is not there; it was answered.
            }
        }

        throw new InvalidOperationException($"none of {Enough} calls was asked to wait");
    }
}
