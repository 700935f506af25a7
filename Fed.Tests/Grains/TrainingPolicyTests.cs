using Fed.Contracts.Federations;

namespace Fed.Tests.Grains;

public sealed class TrainingPolicyTests
{
    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(5, 0.06)]
    [InlineData(10, 0.02)]
    [InlineData(11, 0.02)]
    public void At_Version_LowersTheRateLinearlyAndNoFurther(long version, double rate)
    {
        var policy = new TrainingPolicy { LearningRate = 0.1, LearningRateDecay = 0.8 };

        Assert.Equal(rate, policy.At(version, target: 10).LearningRate, 12);
    }

    [Fact]
    public void At_WithoutDecay_IsThePolicyItself()
    {
        var policy = new TrainingPolicy();

        Assert.Same(policy, policy.At(3, target: 0));
    }
}
