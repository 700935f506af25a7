using System.Security.Cryptography;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Wire;

namespace Fed.Tests.Silo.Clients;

/// <summary>What an Orleans client shows with each call, and what becomes of it when it shows something else.</summary>
public sealed class CapabilityTests(GatewaySilo silo) : IClassFixture<GatewaySilo>
{
    private static readonly Dictionary<string, (Func<RawClient, string, string?> Show, string Says)> Wrong = new()
    {
        ["missing"] = ((_, _) => null, "no capability"),
        ["malformed"] = ((_, _) => "let me in", "malformed"),
        ["expired"] = (
            (client, name) => client.Show(name, ago: TimeSpan.FromMinutes(5), life: TimeSpan.FromMinutes(2)),
            "expired"),
        ["of the future"] = (
            (client, name) => client.Show(name, ago: TimeSpan.FromMinutes(-3)), "after now"),
        ["for a year"] = ((client, name) => client.Show(name, life: TimeSpan.FromDays(365)), "1 to 300"),
        ["forged"] = ((client, name) => client.Show(name, key: Stranger), "not signed with the key of participant 'a'"),
        ["of another participant"] = ((client, name) => client.Show(name, participant: "b"), "not signed"),
        ["of another federation"] = ((client, _) => client.Show("elsewhere"), "not signed"),
        ["stretched"] = ((client, name) => Stretch(client.Show(name)), "not signed"),
    };

    private static ECDsa Stranger { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static string Stretch(string capability)
    {
        var shown = Capability.Parse(capability)!;
        return (shown with { Expires = shown.Expires + 60 }).ToString();
    }

    public static TheoryData<string> Kinds { get; } = new(Wrong.Keys);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Call_WithAWrongCapability_IsRefusedAndSaysWhy(string kind)
    {
        var federation = (await silo.CreateAsync()).Name;
        using var client = await RawClient.EnrolAsync(silo, federation);
        var (show, says) = Wrong[kind];

        var refused = await RawClient.ProblemOf(() => client.AsAsync(
            show(client, federation), () => client.Gateway.NextTask(federation, "a", TimeSpan.Zero)));

        Assert.Equal((401, RawClient.CodeOf(RefusalCode.CapabilityInvalid)), (refused.Status, refused.Code));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WhoseClockIsHalfAMinuteOff_IsAnswered()
    {
        var federation = (await silo.CreateAsync()).Name;
        using var client = await RawClient.EnrolAsync(silo, federation);
        var early = client.Show(federation, ago: TimeSpan.FromSeconds(-30));
        var late = client.Show(federation, ago: TimeSpan.FromSeconds(150), life: TimeSpan.FromMinutes(2));

        Assert.NotNull(await client.AsAsync(early, () => client.Gateway.NextTask(federation, "a", TimeSpan.Zero)));
        Assert.NotNull(await client.AsAsync(late, () => client.Gateway.NextTask(federation, "a", TimeSpan.Zero)));
    }

    [Fact]
    public async Task Call_BeforeItHasEnrolled_IsRefused()
    {
        var federation = (await silo.CreateAsync()).Name;
        using var client = await RawClient.ConnectAsync(silo);

        var refused = await RawClient.ProblemOf(() => client.AsAsync(
            client.Show(federation), () => client.Gateway.NextTask(federation, "a", TimeSpan.Zero)));

        Assert.Equal(RawClient.CodeOf(RefusalCode.NotEnrolled), refused.Code);
    }

    [Fact]
    public async Task Enrolment_WithACapabilityOfAnotherKeyThanItBrings_IsRefused()
    {
        var federation = (await silo.CreateAsync()).Name;
        using var client = await RawClient.ConnectAsync(silo);

        var refused = await RawClient.ProblemOf(() => client.AsAsync(
            client.Show(federation, key: Stranger),
            () => client.Gateway.Enrol(federation, "a", client.Request())));

        Assert.Equal(RawClient.CodeOf(RefusalCode.CapabilityInvalid), refused.Code);
    }

    [Fact]
    public async Task Enrolment_WithAnotherKeyThanTheEnrolledOne_IsRefused()
    {
        var federation = (await silo.CreateAsync()).Name;
        using var client = await RawClient.EnrolAsync(silo, federation);

        var refused = await RawClient.ProblemOf(() => RawClient.EnrolAsync(silo, federation));

        Assert.Equal(RawClient.CodeOf(RefusalCode.SignatureInvalid), refused.Code);
    }

    [Fact]
    public async Task Report_ThatWasChangedOnTheWay_IsRefused()
    {
        var federation = (await silo.CreateAsync()).Name;
        using var client = await RawClient.EnrolAsync(silo, federation);
        var task = await client.AsAsync(
            client.Show(federation), () => client.Gateway.NextTask(federation, "a", TimeSpan.Zero));
        var report = new EvaluationReport(0, task!.ModelSha256, 10, 5, 1.5);
        var (_, signature) = client.Sign(federation, report);
        var (json, _) = client.Sign(federation, report with { Correct = 10 });

        var refused = await RawClient.ProblemOf(() => client.AsAsync(client.Show(federation), async () =>
        {
            await client.Gateway.Report(federation, "a", json, signature);
            return true;
        }));

        Assert.Equal(RawClient.CodeOf(RefusalCode.SignatureInvalid), refused.Code);
    }
}
