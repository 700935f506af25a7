using Fed.Training;
using Fed.Training.Managed;
using Fed.Training.Torch;

namespace Fed.Tests.Training.Torch;

/// <summary>The torch trainer, on the real libtorch, against the managed one.</summary>
public sealed class TorchTrainerTests
{
    private const string Everything = """
        {"name":"everything","input":[3,13,11],"loss":"softmaxCrossEntropy","layers":[
          {"type":"conv2d","filters":5,"kernel":3,"stride":1,"padding":1},{"type":"relu"},
          {"type":"maxPool2d","size":2},{"type":"dropout","rate":0.3},
          {"type":"conv2d","filters":6,"kernel":3,"stride":2,"padding":1},{"type":"relu"},
          {"type":"averagePool2d","size":2},
          {"type":"dense","units":9},{"type":"relu"},{"type":"dropout","rate":0.5},{"type":"dense","units":4}]}
        """;

    private static readonly TrainingSettings Usual =
        new() { BatchSize = 8, Epochs = 2, LearningRate = 0.02, Seed = 3 };

    public static TheoryData<TrainingSettings> Settings() =>
    [
        new() { BatchSize = 1000, Momentum = 0 },
        Usual,
        Usual with { WeightDecay = 0.01, ProximalMu = 0.5, Seed = 4 },
        Usual with { LearningRate = 0.002, Optimizer = OptimizerKind.Adam, WeightDecay = 0.01 },
        Usual with { LearningRate = 0.002, Optimizer = OptimizerKind.Adam, ProximalMu = 0.5 },
        new() { BatchSize = 300, LearningRate = 0.05, Momentum = 0.5, Epochs = 3 },
    ];

    /// <summary>Each layer with nothing but a dense layer behind it.</summary>
    public static TheoryData<string, string> Layers() => new()
    {
        { "[5]", "" },
        { "[2,3,4]", "" },
        { "[6]", """{"type":"relu"},""" },
        { "[6]", """{"type":"dropout","rate":0.4},""" },
        { "[2,6,8]", """{"type":"maxPool2d","size":2},""" },
        { "[2,7,5]", """{"type":"maxPool2d","size":3},""" },
        { "[2,6,8]", """{"type":"averagePool2d","size":2},""" },
        { "[2,7,5]", """{"type":"averagePool2d","size":3},""" },
        { "[3,9,7]", """{"type":"conv2d","filters":4,"kernel":3},""" },
        { "[3,9,7]", """{"type":"conv2d","filters":4,"kernel":3,"stride":2,"padding":1},""" },
        { "[3,9,7]", """{"type":"conv2d","filters":2,"kernel":5,"stride":3,"padding":4},""" },
        { "[2,3,3]", """{"type":"conv2d","filters":5,"kernel":1},""" },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void Gradient_OfOneLayer_EqualsTheManagedTrainers(string input, string layer) => AgreeInGradient(
        $$"""
        {"name":"one","input":{{input}},"loss":"softmaxCrossEntropy","layers":[{{layer}}{"type":"dense","units":3}]}
        """);

    [Theory]
    [InlineData(Everything)]
    [InlineData(TestData.SmallConvolution)]
    [InlineData(TestData.SmallDense)]
    public void Gradient_OfAModel_EqualsTheManagedTrainers(string json) => AgreeInGradient(json);

    [Theory]
    [MemberData(nameof(Settings))]
    public void Train_SameSettings_EqualsTheManagedTrainer(TrainingSettings settings)
    {
        var (model, data, parameters) = Case(Everything);
        var expected = (float[])parameters.Clone();

        var managed = new ManagedTrainer(model).Train(expected, data, settings, CancellationToken.None);
        var torch = new TorchTrainer(model).Train(parameters, data, settings, CancellationToken.None);

        AssertNear(expected, parameters);
        Assert.Equal(managed.Steps, torch.Steps);
        Assert.Equal(managed.EpochLosses, torch.EpochLosses, (a, b) => Math.Abs(a - b) < 1e-4);
    }

    /// <summary>
    /// Few channels, many shapes, several steps: what oneDNN has in the channels that it pads made most of these wrong
    /// from the second step on (<see cref="Backends"/>).
    /// </summary>
    [Fact]
    public void Train_ConvolutionsOfManyShapes_EqualsTheManagedTrainer()
    {
        var random = new Random(76);
        for (var round = 0; round < 40; round++)
        {
            string Convolution() => $$"""
                {"type":"conv2d","filters":{{random.Next(1, 20)}},"kernel":{{random.Next(1, 5)}},
                 "stride":{{random.Next(1, 3)}},"padding":{{random.Next(0, 3)}}},{"type":"relu"},
                """;
            var model = ModelSpecification.Parse($$"""
                {"name":"round {{round}}","input":[{{random.Next(1, 20)}},{{random.Next(8, 15)}},{{random.Next(8, 15)}}],
                 "loss":"softmaxCrossEntropy",
                 "layers":[{{Convolution()}}{{Convolution()}}{"type":"dense","units":3}]}
                """);
            var data = TestData.Noise(model, 40, (ulong)round);
            var settings = Usual with { BatchSize = random.Next(1, 41), LearningRate = 0.002 };
            var (expected, actual) = (model.Initialise(round), model.Initialise(round));

            new ManagedTrainer(model).Train(expected, data, settings, CancellationToken.None);
            new TorchTrainer(model).Train(actual, data, settings, CancellationToken.None);

            AssertNear(expected, actual);
        }
    }

    /// <summary>
    /// A number that is handed to libtorch is an object with a finalizer: one that is collected in the middle of the
    /// call is read after it was freed.
    /// </summary>
    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.Adam)]
    public async Task Train_WhileGarbageIsCollected_GivesTheSameBits(OptimizerKind optimizer)
    {
        var (model, data, expected) = Case(TestData.SmallDense);
        var actual = (float[])expected.Clone();
        var settings = Usual with
        {
            Epochs = 20,
            LearningRate = 1e-4,
            WeightDecay = 0.01,
            ProximalMu = 0.5,
            Optimizer = optimizer,
        };
        new TorchTrainer(model).Train(expected, data, settings, CancellationToken.None);
        using var trained = new CancellationTokenSource();
        var collector = Task.Run(() =>
        {
            for (; !trained.IsCancellationRequested; GC.WaitForPendingFinalizers())
                GC.Collect(0);
        });

        new TorchTrainer(model).Train(actual, data, settings, CancellationToken.None);
        await trained.CancelAsync();
        await collector;

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Train_WithACorrection_EqualsTheManagedTrainer()
    {
        var (model, data, parameters) = Case(TestData.SmallDense);
        var expected = (float[])parameters.Clone();
        var settings = Usual with { BatchSize = 30, Correction = TestData.Uniform(parameters.Length, 75) };

        new ManagedTrainer(model).Train(expected, data, settings, CancellationToken.None);
        new TorchTrainer(model).Train(parameters, data, settings, CancellationToken.None);

        AssertNear(expected, parameters);
    }

    [Fact]
    public void Train_FromTheSameBase_GivesDeltasThatFoldAsTheManagedTrainersDo()
    {
        var (model, data, start) = Case(TestData.SmallConvolution);
        var (managed, torch) = ((float[])start.Clone(), (float[])start.Clone());

        new ManagedTrainer(model).Train(managed, data, Usual, CancellationToken.None);
        new TorchTrainer(model).Train(torch, data, Usual, CancellationToken.None);

        // The house that trained managed and the one that trained by libtorch sent the same, to a thousandth.
        double[] deltas = [.. managed.Zip(start, (a, b) => (double)a - b)];
        Assert.InRange(TestData.Distance([.. torch.Zip(start, (a, b) => a - b)], deltas), 0, 1e-3);
    }

    [Fact]
    public void Train_SameSeedAnyTrainer_GivesTheSameBits()
    {
        var (model, data, fresh) = Case(Everything);
        var again = (float[])fresh.Clone();
        var used = new TorchTrainer(model);
        used.Train(model.Initialise(9), data, Usual with { Seed = 99, BatchSize = 3 }, CancellationToken.None);

        new TorchTrainer(model).Train(fresh, data, Usual, CancellationToken.None);
        used.Train(again, data, Usual, CancellationToken.None);

        Assert.Equal(fresh, again);
    }

    [Fact]
    public void Train_AnotherSeed_SeesAnotherOrder()
    {
        var (model, data, one) = Case(TestData.SmallConvolution);
        var other = (float[])one.Clone();
        var trainer = new TorchTrainer(model);

        trainer.Train(one, data, Usual, CancellationToken.None);
        trainer.Train(other, data, Usual with { Seed = 4 }, CancellationToken.None);

        Assert.NotEqual(one, other);
    }

    [Fact]
    public void Train_Cancelled_StopsAndLeavesTheParameters()
    {
        var (model, data, parameters) = Case(TestData.SmallDense);
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(
            () => new TorchTrainer(model).Train(parameters, data, Usual, source.Token));

        Assert.Equal(Case(TestData.SmallDense).Parameters, parameters);
    }

    [Theory]
    [InlineData(1e30, 4, "the loss is not finite")]
    [InlineData(1e300, 300, "a parameter is not finite")]
    public void Train_LearningRateFarTooHigh_SaysSoAndIsAsGoodAsNewAfterwards(double rate, int batch, string what)
    {
        var (model, data, parameters) = Case(TestData.SmallConvolution);
        var trainer = new TorchTrainer(model);
        var wild = new TrainingSettings { LearningRate = rate, BatchSize = batch };

        var error = Assert.Throws<TrainingDivergedException>(
            () => trainer.Train(parameters, data, wild, CancellationToken.None));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        var (_, _, expected) = Case(TestData.SmallConvolution);
        Assert.Equal(expected, parameters);
        new TorchTrainer(model).Train(expected, data, Usual, CancellationToken.None);
        trainer.Train(parameters, data, Usual, CancellationToken.None);
        Assert.Equal(expected, parameters);
    }

    [Fact]
    public void Train_WrongInput_IsRefusedLikeByTheManagedTrainer()
    {
        var (model, data, parameters) = Case(TestData.SmallDense);
        string Refusal(ITrainer trainer, float[] with, TrainingSettings settings) => Assert.Throws<ArgumentException>(
            () => trainer.Train(with, data, settings, CancellationToken.None)).Message;

        foreach (var (with, settings) in new[]
        {
            (new float[3], Usual), (parameters, Usual with { Epochs = 0 }), (parameters, Usual with { Momentum = 1 }),
            (parameters, Usual with { Correction = new float[3] }),
        })
        {
            Assert.Equal(
                Refusal(new ManagedTrainer(model), with, settings), Refusal(new TorchTrainer(model), with, settings));
        }
    }

    [Fact]
    public void Train_SeparableClasses_LearnsThem()
    {
        var model = ModelSpecification.Parse(TestData.SmallDense);
        var parameters = model.Initialise(1);
        var trainer = new TorchTrainer(model);

        trainer.Train(
            parameters, TestData.Separable(model, 200, 71), new TrainingSettings { Epochs = 30, BatchSize = 16 },
            CancellationToken.None);

        Assert.InRange(trainer.Evaluate(parameters, TestData.Separable(model, 100, 72)).Accuracy, 0.95, 1);
    }

    [Fact]
    public void Evaluate_SameParameters_EqualsTheManagedTrainer()
    {
        var (model, data, parameters) = Case(Everything);

        var expected = new ManagedTrainer(model).Evaluate(parameters, data);
        var actual = new TorchTrainer(model).Evaluate(parameters, data);

        Assert.Equal(expected.Confusion, actual.Confusion);
        Assert.Equal(expected.Loss, actual.Loss, 1e-5);
    }

    private static void AgreeInGradient(string json)
    {
        var (model, data, parameters) = Case(json);
        // More than one chunk of either trainer; neither was seeded, so both drop the same values.
        var batch = Enumerable.Range(0, 270).ToArray();
        var managed = new ManagedTrainer(model);

        var expected = managed.Gradient(parameters, data, batch);
        var (loss, gradient) = new TorchTrainer(model).Gradient(parameters, data, batch);

        Assert.Equal(expected, loss, 1e-3);
        AssertNear(managed.LastGradient.ToArray(), gradient);
    }

    private static (ModelSpecification Model, SampleSet Data, float[] Parameters) Case(string json)
    {
        var model = ModelSpecification.Parse(json);
        return (model, TestData.Noise(model, 300, 73), model.Initialise(74));
    }

    private static void AssertNear(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) < 1e-4, $"value {i}: {actual[i]} instead of {expected[i]}");
    }
}
