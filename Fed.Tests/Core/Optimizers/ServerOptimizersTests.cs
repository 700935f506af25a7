using Fed.Core.Optimizers;

namespace Fed.Tests.Core.Optimizers;

public sealed class ServerOptimizersTests
{
    [Theory]
    [InlineData("none", typeof(PlainStep))]
    [InlineData("momentum", typeof(MomentumStep))]
    [InlineData("adagrad", typeof(AdagradStep))]
    [InlineData("adam", typeof(AdamStep))]
    [InlineData("yogi", typeof(YogiStep))]
    public void Create_KnownKind(string kind, Type expected) =>
        Assert.IsType(expected, ServerOptimizers.Create(kind, 1, 0.9, 0.99, 1e-3));

    [Fact]
    public void Create_Momentum_TakesBeta1()
    {
        float[] x = [0], m = [1];
        ServerOptimizers.Create("momentum", 1, 0.5, 0.25, 1e-3).Step([0], x, m, []);
        Assert.Equal([0.5f], m);
    }

    [Theory]
    [InlineData("Adam")]
    [InlineData("")]
    [InlineData("sgd")]
    public void Create_UnknownKind_IsRefusedWithTheKinds(string kind)
    {
        var message = Assert.Throws<ArgumentException>(() => ServerOptimizers.Create(kind, 1, 0.9, 0.99, 1e-3)).Message;
        Assert.Contains($"'{kind}'", message, StringComparison.Ordinal);
        Assert.Contains(ServerOptimizers.Kinds, message, StringComparison.Ordinal);
    }
}
