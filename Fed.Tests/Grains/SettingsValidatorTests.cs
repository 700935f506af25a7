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
        { Good with { Training = new() { NovaSteps = -1 } }, "training.novaSteps is -1" },
        { Good with { Training = new() { NovaSteps = double.PositiveInfinity } }, "a finite number above 0" },
        { Good with { Training = new() { NovaSteps = 10, Optimizer = "adam" } }, "set optimizer to sgd" },
        { Good with { Training = new() { NovaSteps = 10, LearningRate = 0.5, ProximalMu = 3 } }, "proximalMu 1.5" },
        { Good with { Training = new() { LearningRate = double.NaN } }, "training.learningRate is NaN" },
    };

    private static readonly FederationSettings Controlled = Good with
    {
        Mode = FederationMode.Sync,
        Arithmetic = new() { Normalisation = Normalisations.Cohort, Staleness = "constant", ExampleCap = 1 },
        Training = new() { ControlVariates = true },
    };

    public static TheoryData<FederationSettings, string> BadWithControlVariates => new()
    {
        { Controlled with { Mode = FederationMode.Async }, Needs("mode", "async", "sync") },
        {
            Controlled with { Arithmetic = Controlled.Arithmetic with { Normalisation = "weight" } },
            Needs("arithmetic.normalisation", "weight", "cohort")
        },
        {
            Controlled with { Arithmetic = Controlled.Arithmetic with { Staleness = "hinge:1,2" } },
            Needs("arithmetic.staleness", "hinge:1,2", "constant")
        },
        {
            Controlled with { Arithmetic = Controlled.Arithmetic with { ExampleCap = 2 } },
            Needs("arithmetic.exampleCap", "2", "1")
        },
        { Controlled with { ClusterTier = new() { Goal = 2 } }, Needs("clusterTier.goal", "2", "0") },
        { Controlled with { GlobalTier = new() { Goal = 1 } }, Needs("globalTier.goal", "1", "0") },
        { Controlled with { ClusterTier = new() { Rule = "median" } }, Needs("clusterTier.rule", "median", "mean") },
        { Controlled with { GlobalTier = new() { Rule = "median" } }, Needs("globalTier.rule", "median", "mean") },
        {
            Controlled with { GlobalTier = new() { DeadlineSeconds = 2.5 } },
            Needs("globalTier.deadlineSeconds", "2.5", "0")
        },
        { Controlled with { Optimizer = new() { Kind = "adam" } }, Needs("optimizer.kind", "adam", "none") },
        { Controlled with { Optimizer = new() { LearningRate = 0.5 } }, Needs("optimizer.learningRate", "0.5", "1") },
        { Controlled with { Specialisation = 0.25 }, Needs("specialisation", "0.25", "0") },
        {
            Controlled with { Training = new() { ControlVariates = true, Optimizer = "adam" } },
            Needs("training.optimizer", "adam", "sgd")
        },
        {
            Controlled with { Training = new() { ControlVariates = true, NovaSteps = 10 } },
            Needs("training.novaSteps", "10", "0")
        },
        {
            Controlled with { Training = new() { ControlVariates = true, LearningRate = 0.5, ProximalMu = 3 } },
            "training.learningRate x training.proximalMu is 1.5 with training.controlVariates; it must be at most 1: "
            + "lower proximalMu"
        },
        { Controlled with { Codec = "topk:0.1" }, NeedsDense("topk:0.1") },
        { Controlled with { Codec = "sign" }, NeedsDense("sign") },
        { Controlled with { Codec = "ternary" }, NeedsDense("ternary") },
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
    [MemberData(nameof(BadWithControlVariates))]
    public void Validate_ControlVariatesWithWhatBreaksThem_SaysHowToMend(FederationSettings settings, string expected)
    {
        var refused = Assert.Throws<RefusedException>(() => SettingsValidator.Validate(settings));

        Assert.Equal($"{expected}, or set training.controlVariates to false", refused.Message);
        SettingsValidator.Validate(settings with { Training = settings.Training with { ControlVariates = false } });
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("int8")]
    public void Validate_ControlVariatesWithWhatTheyNeed_ArePossible(string codec) => SettingsValidator.Validate(
        Controlled with { Codec = codec, ClusterTier = new() { Quorum = 1, DeadlineSeconds = 5 } });

    [Theory]
    [InlineData("none")]
    [InlineData("momentum")]
    [InlineData("adagrad")]
    [InlineData("adam")]
    [InlineData("yogi")]
    public void Validate_EveryOptimizer_IsPossible(string kind) =>
        SettingsValidator.Validate(Good with { Optimizer = new() { Kind = kind } });

    [Fact]
    public void Validate_ClassesThatAreNoList_NamesWhatIsWrong()
    {
        var refused = Assert.Throws<RefusedException>(
            () => SettingsValidator.Validate(Good with { Classes = ["a", "a", ""], Features = "" }));

        Assert.Contains("classes names one class twice", refused.Message, StringComparison.Ordinal);
        Assert.Contains("classes has ''", refused.Message, StringComparison.Ordinal);
        Assert.Contains("features has 0 characters", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_TargetVersionsZero_IsPossible_ButNotWithARateThatFallsUntilThen()
    {
        SettingsValidator.Validate(Good with { TargetVersions = 0 });
        var refused = Assert.Throws<RefusedException>(() => SettingsValidator.Validate(
            Good with { TargetVersions = 0, Training = new() { LearningRateDecay = 0.5 } }));

        Assert.Contains("set targetVersions", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_Defaults_ArePossible() => SettingsValidator.Validate(Good);

    private static string Needs(string property, string value, string needed) =>
        $"{property} is {value} with training.controlVariates; it must be {needed}: set it to {needed}";

    private static string NeedsDense(string codec) => $"codec is '{codec}' with training.controlVariates; it must be "
        + "one without error feedback, such as float32 or int8: set it so";
}
