using Fed.Training;
using Fed.Training.Managed;
using Fed.Training.Torch;

namespace Fed.Tests.Training;

/// <summary>Which trainer a choice becomes.</summary>
public sealed class TrainersTests
{
    private static readonly ModelSpecification Small = ModelSpecification.Parse(TestData.SmallDense);

    /// <summary>Just large enough for libtorch.</summary>
    private static readonly ModelSpecification Large = Dense((int)(TrainerRule.TorchFrom / 5_000));

    private static readonly TrainerFactory Without =
        new(static _ => throw new TorchUnavailableException("libtorch is not there"));

    [Fact]
    public void Create_ByKind_GivesThatTrainer()
    {
        Assert.IsType<TorchTrainer>(Trainers.Create(Small, TrainerKind.Torch));
        Assert.IsType<ManagedTrainer>(Trainers.Create(Large, TrainerKind.Managed));
        Assert.IsType<ManagedTrainer>(Trainers.Create(Small));
        Assert.IsType<TorchTrainer>(Trainers.Create(Large));
    }

    [Fact]
    public void Create_AutoWithoutLibtorch_TakesTheManagedOneAndSaysSoOnce()
    {
        var factory = new TrainerFactory(static _ => throw new TorchUnavailableException("libtorch is not there"));
        var notices = new List<string>();

        Assert.IsType<ManagedTrainer>(factory.Create(Small, TrainerKind.Auto, notices.Add));
        Assert.Empty(notices);
        Assert.IsType<ManagedTrainer>(factory.Create(Large, TrainerKind.Auto, notices.Add));
        Assert.IsType<ManagedTrainer>(factory.Create(Large, TrainerKind.Auto, notices.Add));

        Assert.Contains("libtorch is not there", Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_TorchWithoutLibtorch_Throws() => Assert.Throws<TorchUnavailableException>(
        () => Without.Create(Small, TrainerKind.Torch, notice: null));

    [Fact]
    public void Create_ManagedWithoutLibtorch_DoesNotAskForIt() =>
        Assert.IsType<ManagedTrainer>(Without.Create(Large, TrainerKind.Managed, notice: null));

    [Theory]
    [InlineData(-1, TrainerKind.Managed)]
    [InlineData(0, TrainerKind.Torch)]
    public void Faster_AroundTheBound_ChangesThere(int more, TrainerKind expected) => Assert.Equal(
        expected, TrainerRule.Faster(Dense((int)(TrainerRule.TorchFrom / 5_000) + more)));

    [Fact]
    public void MultiplyAdds_EveryLayer_CountsProductsAlone()
    {
        // 3 x (9 x 7) x 2 x 9, then 4 x (2 x 2) x 3 x 9 behind a pool to 4 x 3, then 5 x 4 behind one to 1 x 1, then 3 x 5.
        var model = ModelSpecification.Parse(TestData.SmallConvolution);

        Assert.Equal(3 * 63 * 18 + 4 * 4 * 27 + 20 + 15, TrainerRule.MultiplyAdds(model));
    }

    /// <summary>5,000 multiply-adds a unit in the middle: 4,998 inputs and 2 classes.</summary>
    private static ModelSpecification Dense(int units) => ModelSpecification.Parse(
        $$"""
        {"name":"dense","input":[4998],"loss":"softmaxCrossEntropy","layers":[
          {"type":"dense","units":{{units}}},{"type":"dense","units":2}]}
        """);
}
