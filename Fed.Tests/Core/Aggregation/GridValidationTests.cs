using Fed.Core.Aggregation;

namespace Fed.Tests.Core.Aggregation;

public sealed class GridValidationTests
{
    private static readonly Grid Grid = new(10, 2f);

    public static TheoryData<float> Outside => new(
        float.NaN,
        BitConverter.UInt32BitsToSingle(0xFFC0_0001),
        float.PositiveInfinity,
        float.NegativeInfinity,
        float.MaxValue,
        MathF.BitIncrement(2f),
        -MathF.BitIncrement(2f));

    [Theory]
    [MemberData(nameof(Outside))]
    public void FirstOutside_OneBadValueAnywhere_IsFound(float bad)
    {
        for (var length = 1; length <= 40; length++)
        {
            for (var position = 0; position < length; position++)
            {
                var values = Enumerable.Range(0, length).Select(i => i % 2 == 0 ? 2f : -2f).ToArray();
                values[position] = bad;
                Assert.Equal(position, Grid.FirstOutside(values));
            }
        }
    }

    [Fact]
    public void FirstOutside_SeveralBadValues_GivesTheFirst()
    {
        var values = new float[40];
        (values[17], values[18], values[39]) = (float.NaN, float.PositiveInfinity, 3f);
        Assert.Equal(17, Grid.FirstOutside(values));
    }

    [Fact]
    public void FirstOutside_AllWithinTheBound_IsMinusOne()
    {
        Assert.Equal(-1, Grid.FirstOutside([]));
        Assert.Equal(-1, Grid.FirstOutside([2f, -2f, 0f, -0f, float.Epsilon]));
    }

    [Theory]
    [InlineData(0, 1f)]
    [InlineData(30, 1f)]
    [InlineData(0, 1 << 30)]
    [InlineData(22, 8f)]
    [InlineData(30, float.Epsilon)]
    public void Validate_InRange_Accepts(int bits, float bound) => new Grid(bits, bound).Validate();

    [Theory]
    [InlineData(-1, 1f, "fractionalBits is -1; it must be 0 to 30")]
    [InlineData(31, 0.1f, "fractionalBits is 31; it must be 0 to 30")]
    [InlineData(10, 0f, "bound is 0; it must be a finite number above 0")]
    [InlineData(10, -1f, "bound is -1; it must be a finite number above 0")]
    [InlineData(10, float.NaN, "bound is NaN; it must be a finite number above 0")]
    [InlineData(10, float.PositiveInfinity, "bound is Infinity; it must be a finite number above 0")]
    [InlineData(28, 5f, "bound 5 x 2^28 exceeds 2^30; lower fractionalBits or bound")]
    public void Validate_OutOfRange_NamesPropertyValueAndBound(int bits, float bound, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => new Grid(bits, bound).Validate()).Message);
}
