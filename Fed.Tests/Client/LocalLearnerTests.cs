using Fed.Client;
using Fed.Client.Agent;
using Fed.Contracts.Federations;
using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Tests.Client;

/// <summary>The agent's training, apart from any server.</summary>
public sealed class LocalLearnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-client-learner-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Train_Diverging_FailsNamingTheSettingsAndWhoSetsThem()
    {
        var (learner, parameters) = Learner();
        var policy = new TrainingPolicy { BatchSize = 4, LearningRate = 1e300 };

        var error = Assert.Throws<AgentException>(
            () => learner.Train(parameters, policy, 1, "a", CancellationToken.None));

        Assert.Equal(ExitCode.Failure, error.ExitCode);
        Assert.Contains("LearningRate (1E+300)", error.Message);
        Assert.EndsWith("; the federation's steward sets these", error.Message);
        Assert.IsType<TrainingDivergedException>(error.InnerException);
        Assert.Equal(Start(), parameters);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Train_ToAFiniteLossFarAboveTheFirst_CountsAsDivergedAndLeavesTheParameters(bool controlled)
    {
        var (learner, parameters) = Learner();
        var policy = new TrainingPolicy { BatchSize = 4, LearningRate = 1000, ControlVariates = controlled };
        float[] vector = controlled ? [.. parameters, .. new float[parameters.Length]] : parameters;
        var before = vector.ToArray();

        var error = Assert.Throws<AgentException>(() =>
        {
            if (controlled)
                learner.TrainControlled(vector, new float[parameters.Length], policy, 1, "a", CancellationToken.None);
            else
                learner.Train(vector, policy, 1, "a", CancellationToken.None);
        });

        Assert.Equal(ExitCode.Failure, error.ExitCode);
        Assert.Contains("training has diverged: the mean loss", error.Message);
        Assert.Contains("learningRate (now 1000)", error.Message);
        Assert.Equal(before, vector);
    }

    [Fact]
    public void Train_FromAModelThatIsAlreadyFarOff_MayStayThere()
    {
        var (learner, parameters) = Learner();
        for (var i = 0; i < parameters.Length; i++)
            parameters[i] *= 10_000;

        learner.Train(
            parameters, new TrainingPolicy { BatchSize = 4, LearningRate = 1e-3 }, 1, "a", CancellationToken.None);
    }

    [Fact]
    public void Train_SameSeedAndParticipant_GivesTheSameBits()
    {
        var (learner, one) = Learner();
        var (again, other, stranger) = (Start(), Start(), Start());
        var policy = new TrainingPolicy { BatchSize = 4, Epochs = 2 };

        learner.Train(one, policy, 1, "a", CancellationToken.None);
        learner.Train(again, policy, 1, "a", CancellationToken.None);
        learner.Train(other, policy, 2, "a", CancellationToken.None);
        learner.Train(stranger, policy, 1, "b", CancellationToken.None);

        Assert.Equal(one, again);
        Assert.NotEqual(one, other);
        Assert.NotEqual(one, stranger);
    }

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(30.0, 30.0 / 12)]
    public void Train_UnderFedNova_ScalesToThePoliciesSteps(double novaSteps, double scale)
    {
        var (learner, parameters) = Learner();
        // 24 samples by 4, twice: 12 plain steps.
        var policy = new TrainingPolicy { BatchSize = 4, Epochs = 2, Momentum = 0, NovaSteps = novaSteps };

        Assert.Equal(scale, learner.Train(parameters, policy, 1, "a", CancellationToken.None), 1e-9);
    }

    private static float[] Start() => ModelSpecification.Parse(TestData.Model).Initialise(1);

    private (LocalLearner Learner, float[] Parameters) Learner()
    {
        TestData.Write(_folder, 1);
        return (new LocalLearner(ParticipantFolder.Open(_folder), TestData.Model), Start());
    }
}
