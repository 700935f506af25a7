using Fed.Cli;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Contracts.Versions;

namespace Fed.Tests.Client;

/// <summary>What stewards ask and order without another version coming of it, against one silo for all.</summary>
public sealed class AdminCommandTests(TrainedSilo trained) : IClassFixture<TrainedSilo>
{
    [Fact]
    public async Task EveryManifest_OfEveryTier_IsSignedByTheFederation()
    {
        foreach (var tier in new[] { "global", "h264", "av1" })
        {
            var versions = await trained.Client.VersionsAsync(ClientSilo.Federation, tier, 100, CancellationToken.None);
            Assert.NotEmpty(versions);
            foreach (var version in versions)
                Assert.Equal(version.Number, (await trained.VerifiedAsync(version.ManifestSha256)).Number);
        }
    }

    [Theory]
    [InlineData("", "why")]
    [InlineData("steward", " ")]
    [InlineData("steward", "two\nlines")]
    public async Task RollBack_WithoutANameOrAReason_IsRefused(string by, string reason)
    {
        var refused = await Assert.ThrowsAsync<ProtocolException>(() => trained.Client.RollBackAsync(
            ClientSilo.Federation, new RollbackRequest(2, by, reason), CancellationToken.None));

        Assert.Equal("invalidRequest", refused.Code);
    }

    [Theory]
    [InlineData(ExitCode.Success, "versions")]
    [InlineData(ExitCode.Success, "status")]
    [InlineData(ExitCode.Success, "status", "--json")]
    [InlineData(ExitCode.Success, "show", "2")]
    [InlineData(ExitCode.Success, "diff", "1", "3")]
    [InlineData(ExitCode.Success, "promote", "2", "--reason", "best")]
    [InlineData(ExitCode.Refused, "show", "77")]
    [InlineData(ExitCode.Refused, "promote", "77", "--reason", "best")]
    [InlineData(ExitCode.Refused, "rollback", "4", "--reason", "it is the current one")]
    [InlineData(ExitCode.Success, "deadline", "--tier", "cluster", "--seconds", "60", "--reason", "a house is away")]
    [InlineData(ExitCode.Refused, "deadline", "--tier", "global", "--seconds", "-1", "--reason", "a house is away")]
    [InlineData(ExitCode.Usage, "deadline", "--tier", "h264", "--seconds", "60", "--reason", "a house is away")]
    [InlineData(ExitCode.Success, "suspend", "b", "--reason", "wrong labels")]
    [InlineData(ExitCode.Success, "resume", "b", "--reason", "corrected")]
    [InlineData(ExitCode.Refused, "suspend", "nobody", "--reason", "wrong labels")]
    [InlineData(ExitCode.Success, "reset-key", "a", "--reason", "disk lost")]
    [InlineData(ExitCode.Refused, "reset-key", "nobody", "--reason", "disk lost")]
    [InlineData(ExitCode.Usage, "reset-key", "a")]
    [InlineData(ExitCode.Usage, "rollback", "2")]
    [InlineData(ExitCode.Usage, "versions", "--limit", "0")]
    public async Task Command_EndsWithItsCode(int code, params string[] arguments) =>
        Assert.Equal(code, await trained.AdminAsync(arguments));
}
