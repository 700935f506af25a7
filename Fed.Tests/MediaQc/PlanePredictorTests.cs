using Fed.MediaQc.Files;

namespace Fed.Tests.MediaQc;

public sealed class PlanePredictorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(32)]
    public void Decode_EncodedPlanes_RestoresThem(int width)
    {
        var random = new Random(3);
        var previous = new byte[width * 7];
        var plane = new byte[width * 7];
        random.NextBytes(previous);
        foreach (var likeness in new[] { 0.0, 0.5, 1.0 })
        {
            for (var i = 0; i < plane.Length; i++)
                plane[i] = random.NextDouble() < likeness ? previous[i] : (byte)random.Next(256);
            var coded = new byte[plane.Length];

            var mode = PlanePredictor.Encode(plane, previous, width, coded);
            PlanePredictor.Decode(mode, coded, previous, width);

            Assert.Equal(plane, coded);
        }
    }

    [Fact]
    public void Encode_RepeatedFrame_LeavesOnlyZeros()
    {
        var plane = new byte[64];
        new Random(4).NextBytes(plane);
        var coded = new byte[64];

        var mode = PlanePredictor.Encode(plane, plane, 8, coded);

        Assert.NotEqual(PlaneMode.Spatial, mode);
        Assert.All(coded, residual => Assert.Equal(0, residual));
    }

    [Theory]
    [InlineData(PlaneMode.Spatial, 0)]
    [InlineData(PlaneMode.Temporal, 1)]
    [InlineData(PlaneMode.Mixed, 2)]
    public void PlaneMode_StoredNumbers_NeverChange(PlaneMode mode, int number) => Assert.Equal(number, (int)mode);
}
