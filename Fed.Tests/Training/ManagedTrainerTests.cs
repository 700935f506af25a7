using Fed.Training;
using Fed.Training.Managed;

namespace Fed.Tests.Training;

public sealed class ManagedTrainerTests
{
    private static readonly TrainingSettings Settings = new() { Epochs = 3, BatchSize = 8, Seed = 5 };

    [Theory]
    [InlineData(TestData.SmallDense, OptimizerKind.Sgd, 0.05)]
    [InlineData(TestData.SmallDense, OptimizerKind.Adam, 0.01)]
    [InlineData(TestData.SmallConvolution, OptimizerKind.Sgd, 0.01)]
    [InlineData(TestData.SmallConvolution, OptimizerKind.Adam, 0.01)]
    public void Train_SeparableClasses_LearnsThemAndLowersTheLoss(string json, OptimizerKind optimizer, double rate)
    {
        var model = ModelSpecification.Parse(json);
        var parameters = model.Initialise(1);
        var trainer = new ManagedTrainer(model);
        var settings = Settings with { Epochs = 40, BatchSize = 16, Optimizer = optimizer, LearningRate = rate };

        var result = trainer.Train(parameters, TestData.Separable(model, 200, 61), settings, CancellationToken.None);

        Assert.Equal(40, result.EpochLosses.Count);
        Assert.Equal(40 * 13, result.Steps);
        Assert.True(result.Loss < result.EpochLosses[0] / 2, $"loss {result.EpochLosses[0]} -> {result.Loss}");
        Assert.InRange(trainer.Evaluate(parameters, TestData.Separable(model, 100, 62)).Accuracy, 0.95, 1);
    }

    [Fact]
    public void Train_SameSeedAnyTrainer_GivesTheSameBits()
    {
        var model = ModelSpecification.Parse(TestData.SmallConvolution);
        var used = new ManagedTrainer(model);
        Trained(used, model, Settings with { Seed = 99, BatchSize = 3 });

        Assert.Equal(Trained(new ManagedTrainer(model), model, Settings), Trained(used, model, Settings));
    }

    [Fact]
    public void Train_AnotherSeed_SeesAnotherOrder()
    {
        var model = ModelSpecification.Parse(TestData.SmallConvolution);
        var trainer = new ManagedTrainer(model);

        Assert.NotEqual(Trained(trainer, model, Settings), Trained(trainer, model, Settings with { Seed = 6 }));
    }

    [Fact]
    public void Train_MuZero_IsPlainAndMuLargeStaysNearTheStart()
    {
        var model = ModelSpecification.Parse(TestData.SmallConvolution);
        var trainer = new ManagedTrainer(model);
        var start = TestData.Wide(model.Initialise(7));
        var plain = Trained(trainer, model, Settings);

        Assert.Equal(plain, Trained(trainer, model, Settings with { ProximalMu = 0 }));
        var held = Trained(trainer, model, Settings with { ProximalMu = 1 });
        Assert.True(TestData.Distance(held, start) < TestData.Distance(plain, start));
    }

    [Fact]
    public void Train_Cancelled_StopsAtTheNextStep()
    {
        var model = ModelSpecification.Parse(TestData.SmallDense);
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => new ManagedTrainer(model).Train(
            model.Initialise(1), TestData.Noise(model, 4, 63), Settings, source.Token));
    }

    [Fact]
    public void Train_LearningRateFarTooHigh_SaysThatItDiverged()
    {
        var model = ModelSpecification.Parse(TestData.SmallDense);
        var settings = Settings with { LearningRate = 1e30 };

        var parameters = model.Initialise(1);
        var error = Assert.Throws<TrainingDivergedException>(() => new ManagedTrainer(model).Train(
            parameters, TestData.Noise(model, 64, 64), settings, CancellationToken.None));

        Assert.Contains("LearningRate (1E+30)", error.Message);
        Assert.Contains("step 1", error.Message);
        Assert.Equal(model.Initialise(1), parameters);
    }

    [Fact]
    public void Train_LastStepLeavesNoFiniteParameters_SaysThatItDiverged()
    {
        var model = ModelSpecification.Parse(TestData.SmallDense);
        var settings = Settings with { LearningRate = 1e300, BatchSize = 64, Epochs = 1 };

        var parameters = model.Initialise(1);
        var error = Assert.Throws<TrainingDivergedException>(() => new ManagedTrainer(model).Train(
            parameters, TestData.Noise(model, 64, 64), settings, CancellationToken.None));

        Assert.Contains("a parameter is not finite", error.Message);
        Assert.Equal(model.Initialise(1), parameters);
    }

    [Fact]
    public void Train_AfterAnotherTrainingDiverged_GivesTheBitsOfAFreshTrainer()
    {
        var model = ModelSpecification.Parse(TestData.SmallConvolution);
        var data = TestData.Noise(model, 20, 66);
        var used = new ManagedTrainer(model);
        Assert.Throws<TrainingDivergedException>(() => used.Train(
            model.Initialise(1), TestData.Noise(model, 64, 67), Settings with { LearningRate = 1e30 },
            CancellationToken.None));

        var (expected, actual) = (model.Initialise(2), model.Initialise(2));
        new ManagedTrainer(model).Train(expected, data, Settings, CancellationToken.None);
        used.Train(actual, data, Settings, CancellationToken.None);

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Train_SteadyState_AllocatesNothingPerMinibatch()
    {
        var model = ModelSpecification.Parse(TestData.SmallConvolution);
        var data = TestData.Noise(model, 320, 65);
        var trainer = new ManagedTrainer(model);
        var parameters = model.Initialise(1);
        long Allocated(int epochs)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            trainer.Train(parameters, data, Settings with { Epochs = epochs, BatchSize = 16 }, CancellationToken.None);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated(1);

        // 80 steps more, and the smallest object has 24 bytes; what a call itself allocates changes a little with the
        // JIT's tier.
        Assert.InRange(Math.Abs(Allocated(5) - Allocated(1)), 0, 80 * 24 / 2);
    }

    [Fact]
    public void Evaluate_AnyData_CountsEverySampleOnce()
    {
        var model = ModelSpecification.Parse(TestData.SmallConvolution);
        var parameters = TestData.Uniform((int)model.Layout.ParameterCount, 66);
        var data = TestData.Noise(model, 75, 67);
        var inputs = TestData.Wide(data.Inputs).Chunk(data.SampleLength).ToArray();
        var predicted = inputs.Select(input => ReferenceModel.Logits(model, TestData.Wide(parameters), input))
            .Select(logits => Array.IndexOf(logits, logits.Max())).ToArray();

        var result = new ManagedTrainer(model).Evaluate(parameters, data);

        Assert.Equal(75, result.Examples);
        Assert.Equal(predicted.Zip(data.Labels).Count(pair => pair.First == pair.Second), result.Correct);
        Assert.Equal(result.Correct / 75.0, result.Accuracy);
        Assert.Equal(ReferenceModel.Loss(model, TestData.Wide(parameters), inputs, data.Labels), result.Loss, 1e-4);
        for (var truth = 0; truth < 3; truth++)
        {
            for (var guess = 0; guess < 3; guess++)
            {
                Assert.Equal(
                    predicted.Zip(data.Labels).Count(pair => pair == (guess, truth)), result.Confusion[truth, guess]);
            }
        }
    }

    [Fact]
    public void Train_WrongInput_IsRefusedWithTheNumbers()
    {
        var model = ModelSpecification.Parse(TestData.SmallDense);
        var trainer = new ManagedTrainer(model);
        var parameters = model.Initialise(1);
        var good = TestData.Noise(model, 4, 68);
        string Refusal(float[] with, SampleSet data) => Assert.Throws<ArgumentException>(
            () => trainer.Train(with, data, Settings, CancellationToken.None)).Message;

        Assert.Contains("50 parameters given; model 'dense' has 51", Refusal(new float[50], good));
        Assert.Contains("shape [2,2]", Refusal(parameters, new SampleSet([2, 2], 3, good.Inputs, good.Labels)));
        Assert.Contains("4 classes", Refusal(parameters, new SampleSet([4], 4, good.Inputs, good.Labels)));
        var short3 = Settings with { Correction = new float[3] };
        var wrong = Assert.Throws<ArgumentException>(
            () => trainer.Train(parameters, good, short3, CancellationToken.None));
        Assert.Contains("Correction has 3 values; it must have one for each of the 51", wrong.Message);
        Assert.Contains("no samples", Refusal(parameters, new SampleSet([4], 3, [], [])));
        Assert.Throws<ArgumentException>(() => trainer.Evaluate(new float[50], good));
    }

    private static float[] Trained(ManagedTrainer trainer, ModelSpecification model, TrainingSettings settings)
    {
        var parameters = model.Initialise(7);
        trainer.Train(parameters, TestData.Noise(model, 50, 69), settings, CancellationToken.None);
        return parameters;
    }
}
