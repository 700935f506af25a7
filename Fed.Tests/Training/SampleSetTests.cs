using Fed.Training;

namespace Fed.Tests.Training;

public sealed class SampleSetTests
{
    [Fact]
    public void Constructor_BadData_NamesTheReason()
    {
        static string Refusal(int[] shape, int classes, float[] inputs, int[] labels) =>
            Assert.Throws<ArgumentException>(() => new SampleSet(shape, classes, inputs, labels)).Message;

        Assert.Contains("2 labels need 6 values, got 5", Refusal([3], 2, new float[5], [0, 1]));
        Assert.Contains("label 2 is outside 0..1", Refusal([3], 2, new float[6], [0, 2]));
        Assert.Contains("label -1 is outside", Refusal([3], 2, new float[6], [0, -1]));
        Assert.Contains("value 1 of sample 1 is NaN", Refusal([3], 2, [1, 2, 3, 4, float.NaN, 6], [0, 1]));
        Assert.Contains("value 0 of sample 1 is -Infinity", Refusal([1], 2, [1, float.NegativeInfinity], [0, 1]));
        Assert.Contains("the shape is [0]", Refusal([0], 2, [], []));
        Assert.Contains("the shape is []", Refusal([], 2, [], []));
    }

    [Fact]
    public void Select_Indices_CopiesThemInOrder()
    {
        var set = new SampleSet([2], 3, [0, 1, 10, 11, 20, 21], [0, 1, 2]);

        var chosen = set.Select([2, 0, 2]);

        Assert.Equal([20, 21, 0, 1, 20, 21], chosen.Inputs);
        Assert.Equal([2, 0, 2], chosen.Labels);
    }

    [Fact]
    public void Concat_SetsOfOneShape_KeepsTheOrderAndRefusesOthers()
    {
        var one = new SampleSet([2], 3, [0, 1], [0]);
        var two = new SampleSet([2], 3, [2, 3, 4, 5], [1, 2]);

        Assert.Equal([0, 1, 2, 3, 4, 5], SampleSet.Concat([one, two]).Inputs);
        Assert.Equal([0, 1, 2], SampleSet.Concat([one, two]).Labels);
        Assert.Throws<ArgumentException>(() => SampleSet.Concat([one, new SampleSet([1], 3, [1], [0])]));
        Assert.Throws<ArgumentException>(() => SampleSet.Concat([one, new SampleSet([2], 2, [1, 2], [0])]));
        Assert.Throws<ArgumentException>(() => SampleSet.Concat([]));
    }
}
