using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Grains.Federations;

namespace Fed.Tests.Grains;

public sealed class SettingsValidatorTests
{
    private static readonly FederationSettings Good = TestSettings.Of(4, "h264", "av1");

    public static TheoryData<FederationSettings, string> Bad => new()
    {
        { Good with { Name = "Not Valid" }, "federation 'Not Valid'" },
        { Good with { Clusters = ["h264", "av1", "vp9"] }, "cluster 'vp9' has no participant" },
        { Good with { Clusters = ["h264"] }, "which clusters does not name" },
        { Good with { Clusters = ["h264", "av1", "global"] }, "reserved name" },
        { Good with { Roster = [.. Good.Roster, Good.Roster[0]] }, "twice" },
        { Good with { Codec = "zip" }, "codec 'zip'" },
        { Good with { Specialisation = 1 }, "specialisation is 1" },
        { Good with { Arithmetic = new() { Staleness = "linear" } }, "staleness 'linear'" },
        { Good with { Arithmetic = new() { Normalisation = "sum" } }, "normalisation is 'sum'" },
        { Good with { Arithmetic = new() { Bound = 1e6f } }, "lower fractionalBits or bound" },
        { Good with { Arithmetic = new() { FractionalBits = 27, ExampleCap = 1 << 22 } }, "sums could reach" },
        { Good with { Optimizer = new() { Kind = "lion" } }, "optimizer kind 'lion'" },
        { Good with { Optimizer = new() { Kind = "yogi", Tau = 0 } }, "tau" },
        { Good with { Optimizer = new() { Kind = "adagrad", LearningRate = double.PositiveInfinity } }, "learningRate" },
        { Good with { ClusterTier = new() { Goal = 2, Quorum = 3 } }, "clusterTier.quorum is 3" },
        { Good with { GlobalTier = new() { MaxStaleness = -1 } }, "globalTier.maxStaleness is -1" },
        { Good with { Training = new() { BatchSize = 0 } }, "training.batchSize is 0" },
        { Good with { HoldSeconds = -1 }, "holdSeconds is -1" },
        { Good with { TargetVersions = 9, Training = new() { LearningRateDecay = 1 } }, "training.learningRateDecay is 1" },
        { Good with { Training = new() { LearningRateDecay = 0.5 } }, "set targetVersions" },
        { Good with { Training = new() { LearningRate = double.NaN } }, "training.learningRate is NaN" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Validate_BadSettings_NamesPropertyAndValue(FederationSettings settings, string expected)
    {
        var refused = Assert.Throws<RefusedException>(() => SettingsValidator.Validate(settings));

        Assert.Equal(RefusalCode.InvalidSettings, refused.Code);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_SeveralErrors_NamesThemAll()
    {
        var refused = Assert.Throws<RefusedException>(() =>
            SettingsValidator.Validate(Good with { Codec = "zip", Specialisation = -1, TargetVersions = -1 }));

        Assert.Contains("codec 'zip'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("specialisation is -1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("targetVersions is -1", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("momentum")]
    [InlineData("adagrad")]
    [InlineData("adam")]
    [InlineData("yogi")]
    public void Validate_EveryOptimizer_IsPossible(string kind) =>
        SettingsValidator.Validate(Good with { Optimizer = new() { Kind = kind } });

    [Fact]
    public void Validate_Defaults_ArePossible() => SettingsValidator.Validate(Good);
}
