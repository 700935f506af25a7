using Fed.Training;
using Fed.Training.Data;
using Fed.Training.Managed;
using Fed.Training.Torch;
using TorchSharp;

namespace Fed.Tests.Training.Torch;

/// <summary>The TorchSharp trainer against the managed one. Compiled and run with FedTrainer=torchsharp only.</summary>
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

    public static TheoryData<TrainingSettings> Settings() =>
    [
        new() { BatchSize = 1000, Momentum = 0 },
        new() { BatchSize = 8, Epochs = 2, LearningRate = 0.02, Seed = 3 },
        new() { BatchSize = 8, Epochs = 2, LearningRate = 0.02, WeightDecay = 0.01, ProximalMu = 0.5, Seed = 4 },
        new() { BatchSize = 8, Epochs = 2, LearningRate = 0.002, Optimizer = OptimizerKind.Adam, WeightDecay = 0.01 },
        new() { BatchSize = 300, LearningRate = 0.05, Momentum = 0.5 },
    ];

    [Theory]
    [InlineData(Everything)]
    [InlineData(TestData.SmallConvolution)]
    [InlineData(TestData.SmallDense)]
    public void Gradient_SameParameters_EqualsTheManagedTrainers(string json)
    {
        var (model, data, parameters) = Case(json);
        var batch = Enumerable.Range(0, 20).ToArray();
        var managed = new ManagedTrainer(model);
        using var scope = torch.NewDisposeScope();
        var flat = new TorchSharp.Modules.Parameter(torch.tensor(parameters));

        // Neither trainer was seeded, so both drop the same values.
        var expected = managed.Gradient(parameters, data, batch);
        var actual = new TorchTrainer(model).Gradient(flat, data, batch);

        Assert.Equal(expected, actual, 1e-4);
        Near(managed.LastGradient.ToArray(), flat.grad!.data<float>().ToArray());
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Train_SameSettings_EqualsTheManagedTrainer(TrainingSettings settings)
    {
        var (model, data, parameters) = Case(Everything);
        var expected = (float[])parameters.Clone();

        var managed = new ManagedTrainer(model).Train(expected, data, settings, CancellationToken.None);
        var torch = new TorchTrainer(model).Train(parameters, data, settings, CancellationToken.None);

        Near(expected, parameters);
        Assert.Equal(managed.Steps, torch.Steps);
        Assert.Equal(managed.Loss, torch.Loss, 1e-4);
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

    [Fact]
    public void Train_SeparableClasses_LearnsThem()
    {
        var model = ModelSpecification.Parse(TestData.SmallDense);
        var parameters = model.Initialise(1);
        var trainer = Trainers.Create(model);
        Assert.Equal("torchsharp", Trainers.Kind);
        Assert.IsType<TorchTrainer>(trainer);

        trainer.Train(
            parameters, TestData.Separable(model, 200, 71), new TrainingSettings { Epochs = 30, BatchSize = 16 },
            CancellationToken.None);

        Assert.InRange(trainer.Evaluate(parameters, TestData.Separable(model, 100, 72)).Accuracy, 0.95, 1);
    }

    [Fact]
    public void Train_WrongInputOrDiverging_IsRefusedLikeByTheManagedTrainer()
    {
        var (model, data, parameters) = Case(TestData.SmallDense);
        var trainer = new TorchTrainer(model);

        Assert.Throws<ArgumentException>(() => trainer.Train(new float[3], data, new(), CancellationToken.None));
        Assert.Throws<ArgumentException>(
            () => trainer.Train(parameters, data, new() { Epochs = 0 }, CancellationToken.None));
        var wild = new TrainingSettings { LearningRate = 1e30, BatchSize = 4 };
        Assert.Throws<TrainingDivergedException>(() => trainer.Train(parameters, data, wild, CancellationToken.None));
    }

    [Fact]
    public void Train_WithACorrection_EqualsTheManagedTrainer()
    {
        var (model, data, parameters) = Case(TestData.SmallDense);
        var expected = (float[])parameters.Clone();
        var settings = new TrainingSettings
        {
            BatchSize = 30,
            LearningRate = 0.02,
            Correction = TestData.Uniform(parameters.Length, 75),
        };

        new ManagedTrainer(model).Train(expected, data, settings, CancellationToken.None);
        new TorchTrainer(model).Train(parameters, data, settings, CancellationToken.None);

        Near(expected, parameters);
    }

    private static (ModelSpecification Model, SampleSet Data, float[] Parameters) Case(string json)
    {
        var model = ModelSpecification.Parse(json);
        return (model, TestData.Noise(model, 300, 73), model.Initialise(74));
    }

    private static void Near(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) < 1e-4, $"value {i}: {actual[i]} instead of {expected[i]}");
    }
}
