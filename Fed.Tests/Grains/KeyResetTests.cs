using System.Security.Cryptography;
using Fed.Contracts;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;

namespace Fed.Tests.Grains;

/// <summary>A participant that has lost its key comes back with another one, by a steward's order.</summary>
public sealed class KeyResetTests
{
    private static readonly StewardOrder Order = new("steward", "disk lost");

    [Fact]
    public async Task Enrol_AfterAReset_KeepsTheNewKeyAndGoesOnCounting()
    {
        await using var federation = await TestFederation.StartAsync(
            TestSettings.Of(2, "h264") with { ClusterTier = new() { Goal = 2 } });
        var first = await federation.SendAsync("p0", seed: 1);
        var old = await federation.Participant("p0").GetPublicKey();

        var key = await federation.Participant("p0").ResetKey(Order);
        var enrolment = await federation.Participant("p0").Enrol(NewKey(federation));

        Assert.Null(key.PublicKey);
        Assert.Equal(2, enrolment.NextSequence);
        Assert.NotEqual(old, await federation.Participant("p0").GetPublicKey());
        Assert.Equal(first, Assert.Single((await federation.Cluster("h264").GetLedger()).Pending));
        var reset = Assert.Single((await federation.Participant("p0").GetKey()).Resets);
        Assert.Equal((old, "steward", "disk lost"), (reset.PublicKey, reset.By, reset.Reason));
    }

    [Fact]
    public async Task Enrol_WithAKeyThatWasReset_IsRefusedHoweverItIsSpelt()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(1, "h264"));
        var old = federation.EnrolmentOf("p0");
        await federation.Participant("p0").ResetKey(Order);

        foreach (var spelling in new[] { old.PublicKey, old.PublicKey.Insert(7, " ") })
        {
            var refused = await Assert.ThrowsAsync<RefusedException>(
                () => federation.Participant("p0").Enrol(old with { PublicKey = spelling }));
            Assert.Equal(RefusalCode.SignatureInvalid, refused.Code);
            Assert.Contains("new state folder", refused.Remedy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Enrol_WithAnotherKey_NamesTheStewardsCommand()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(1, "h264"));

        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => federation.Participant("p0").Enrol(NewKey(federation)));

        Assert.Contains(
            $"fed admin reset-key p0 --federation {federation.Settings.Name}",
            refused.Remedy,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResetKey_WithoutAKey_ChangesNothing()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(1, "h264"));
        var first = await federation.Participant("p0").ResetKey(Order);

        var second = await federation.Participant("p0").ResetKey(Order with { Reason = "again" });

        Assert.Equal(first.Resets, second.Resets);
    }

    [Fact]
    public async Task ResetKey_ManyTimes_KeepsTheNewestSixteen()
    {
        await using var federation = await TestFederation.StartAsync(TestSettings.Of(1, "h264"));
        for (var i = 1; i <= 18; i++)
        {
            await federation.Participant("p0").ResetKey(Order with { Reason = $"reset {i}" });
            await federation.Participant("p0").Enrol(NewKey(federation));
        }

        var resets = (await federation.Participant("p0").GetKey()).Resets;

        Assert.Equal(16, resets.Count);
        Assert.Equal(("reset 3", "reset 18"), (resets[0].Reason, resets[^1].Reason));
    }

    private static EnrolmentRequest NewKey(TestFederation federation)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return federation.EnrolmentOf("p0") with
        {
            PublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()),
        };
    }
}
