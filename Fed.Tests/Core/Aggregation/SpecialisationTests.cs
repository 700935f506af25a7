using Fed.Core.Aggregation;

namespace Fed.Tests.Core.Aggregation;

public sealed class SpecialisationTests
{
    [Fact]
    public void Mix_Zero_IsTheGlobalModelBitForBit()
    {
        float[] global = [0.1f, -3f, 1e-30f, 7f];
        float[] own = [5f, 6f, 7f, 8f];
        Specialisation.Mix(global, 0, own);
        Assert.Equal(global, own);
    }

    [Fact]
    public void Mix_AQuarter_KeepsAQuarterOfItsOwn()
    {
        float[] own = [4f, -8f];
        Specialisation.Mix([0f, 8f], 0.25, own);
        Assert.Equal([1f, 4f], own);
    }

    [Fact]
    public void Mix_OtherLength_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Specialisation.Mix(new float[3], 0.5, new float[4]));
}
