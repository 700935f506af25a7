using Fed.Bench.Simulation;
using Fed.MediaQc.Folders;
using Fed.Training;
using Fed.Tests.MediaQc;

namespace Fed.Tests.Bench.Simulation;

/// <summary>On the shipped task: a few rounds are enough to see what an attack does.</summary>
public sealed class SimulatedFederationTests
{
    private const int Rounds = 6;
    private const double Guessing = 1.0 / 7;

    private static readonly DataFolder Data = DataFolder.Open(Path.Combine(Repository.Root, "data", "media-qc"));

    [Fact]
    public void Run_Honest_LearnsAndIsTheSameEveryTime()
    {
        var result = Run("mean");

        Assert.True(result.Accuracy > 2 * Guessing, $"accuracy is {result.Accuracy}");
        Assert.Null(result.BackdoorSuccess);
        Assert.Equal(result, Run("mean"));
    }

    [Fact]
    public void Run_UnderLargeIpm_RuinsTheMeanAndNotTheMedian()
    {
        var attack = new InnerProductManipulation(100);

        var mean = Run("mean", attack: attack, hostile: 3);
        var median = Run("median", attack: attack, hostile: 3);

        Assert.True(median.Accuracy > mean.Accuracy + 0.1, $"median {median.Accuracy}, mean {mean.Accuracy}");
    }

    [Fact]
    public void Run_Backdoor_SucceedsMoreWithTheMeanThanWithoutAnybodyHostile()
    {
        var attacked = Run("mean", attack: new ScaledBackdoor(), hostile: 3);
        var honest = Run("mean", attack: new ScaledBackdoor(), hostile: 0);

        Assert.True(attacked.BackdoorSuccess > honest.BackdoorSuccess + 0.3, $"{attacked} against {honest}");
    }

    [Fact]
    public void Run_Ternary_SendsFiftyTimesFewerBytes()
    {
        var plain = Run("mean");
        var ternary = Run("mean", "ternary:0.05");

        Assert.True(plain.UpdateBytes > 50 * ternary.UpdateBytes, $"{ternary.UpdateBytes} bytes");
        Assert.True(ternary.Accuracy > 2 * Guessing, $"accuracy is {ternary.Accuracy}");
    }

    [Fact]
    public void Train_BehindFrozenLayers_IsTrainingOfTheHeadOnWhatTheyGive()
    {
        var data = DataFolder.Open(Path.Combine(Repository.Root, "data", "audio-qc"));
        var (model, training, house) = (
            ModelSpecification.Parse(data.ModelJson), data.Description.Training, data.Participants[0]);
        var split = ModelSplit.Cut(model, [0, 3]);
        var frozen = new FrozenLayers(
            split, new string('a', 64), model.Initialise(7)[..(int)split.Frozen.ParameterCount]);
        var told = new List<int>();
        var settings = new SimulationSettings(1, Seed: 1, "mean", "float32")
        {
            Members = [house.Name],
            Frozen = frozen,
            ServerMomentum = 0,
            OnRound = (round, _) => told.Add(round),
        };

        var trained = new SimulatedFederation(data, settings).Train(CancellationToken.None)[house.Cluster];

        var expected = frozen.Head.Initialise(1);
        Trainers.Managed(frozen.Head).Train(
            expected,
            frozen.Apply(ParticipantFolder.Open(house.Directory).Train, CancellationToken.None),
            new TrainingSettings
            {
                Epochs = training.LocalEpochs,
                BatchSize = training.BatchSize,
                LearningRate = training.LearningRate,
                Momentum = training.Momentum,
                Seed = unchecked(1_009 * 1_000_003) & int.MaxValue,
            },
            CancellationToken.None);
        Assert.Equal([1], told);
        Assert.Equal(expected.Length, trained.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], trained[i], 1e-6f);
    }

    [Fact]
    public void Train_AHeadThatClustersKeep_IsFoldedOfTheirOwnUpdatesAndTheRestOfAll()
    {
        // One round: all train from the same model, so each part must be a part of one of these two.
        var settings = new SimulationSettings(1, Seed: 1, "mean", "float32");
        var (cluster, layout) = (Data.Clusters[1], ModelSpecification.Parse(Data.ModelJson).Layout);
        var head = layout.Tensors[^2];

        var common = Train(settings);
        var model = Train(settings with { Kept = [head.Name, layout.Tensors[^1].Name] })[cluster];
        var own = Train(settings with { Kept = [.. layout.Tensors.Select(tensor => tensor.Name)] })[cluster];

        Assert.Single(common.Values.Distinct());
        Assert.Equal(common[cluster][..(int)head.Offset], model[..(int)head.Offset]);
        Assert.Equal(own[(int)head.Offset..], model[(int)head.Offset..]);
        Assert.NotEqual(common[cluster][(int)head.Offset..], model[(int)head.Offset..]);
    }

    [Fact]
    public void Train_OneMember_IsItsUpdateFromTheGivenStart()
    {
        var settings = new SimulationSettings(1, Seed: 1, "mean", "float32") { Members = [Data.Participants[0].Name] };
        var start = Train(settings)[Data.Clusters[0]];

        var still = Train(settings with { Start = start, RateFactor = 1e-9 })[Data.Clusters[0]];
        var moved = Train(settings with { Start = start })[Data.Clusters[0]];

        // At a rate of almost nothing the change is below half a step of the grid.
        Assert.Equal(start, still);
        Assert.NotEqual(start, moved);
    }

    private static IReadOnlyDictionary<string, float[]> Train(SimulationSettings settings) =>
        new SimulatedFederation(Data, settings).Train(CancellationToken.None);

    private static SimulationResult Run(
        string rule, string codec = "float32", IAttack? attack = null, int hostile = 0) =>
        new SimulatedFederation(Data, new SimulationSettings(Rounds, Seed: 1, rule, codec, attack, hostile))
            .Run(CancellationToken.None);
}
