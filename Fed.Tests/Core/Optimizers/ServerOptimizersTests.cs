using Fed.Core.Optimizers;

namespace Fed.Tests.Core.Optimizers;

public sealed class ServerOptimizersTests
{
    public static TheoryData<string, IServerOptimizer> Optimizers => new()
    {
        { "none", new PlainStep(0.5) },
        { "momentum", new MomentumStep(0.5, 0.9) },
        { "adagrad", AdaptiveStep.Adagrad(0.5, 0.9, 1e-3) },
        { "adam", AdaptiveStep.Adam(0.5, 0.9, 0.99, 1e-3) },
        { "yogi", AdaptiveStep.Yogi(0.5, 0.9, 0.99, 1e-3) },
    };

    [Theory]
    [MemberData(nameof(Optimizers), DisableDiscoveryEnumeration = true)]
    public void Create_KnownKind_StepsAsIt(string kind, IServerOptimizer expected)
    {
        var created = ServerOptimizers.Create(kind, 0.5, 0.9, 0.99, 1e-3);

        Assert.IsType(expected.GetType(), created);
        Assert.Equal(Moved(expected), Moved(created));
    }

    /// <summary>Parameters and moments after a step from 1.</summary>
    private static float[] Moved(IServerOptimizer optimizer)
    {
        float[] x = [1, 1], m = [1, 1], v = [1, 1];
        optimizer.Step(
            [0.25, -2], x, optimizer.Moments > 0 ? m : [], optimizer.Moments > 1 ? v : []);
        return [.. x, .. m, .. v];
    }

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
