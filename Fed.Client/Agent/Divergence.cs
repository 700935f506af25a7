using Fed.Contracts.Federations;
using Fed.Contracts.Participants;

namespace Fed.Client.Agent;

/// <summary>Training that ended in finite numbers and is worth nothing all the same: it is not sent.</summary>
internal static class Divergence
{
    /// <summary>
    /// Of the changes, the share that may be cut to the bound. Beyond it the update is a vector of signs: how much each
    /// parameter should change is lost in all but a tenth of them. Training that goes well cuts none of them, at the
    /// usual bound; a learning rate of 1000 cuts 97 %.
    /// </summary>
    public const double MostClipped = 0.9;

    /// <summary>
    /// How many times a loss may be what an ignorant model has (ln of the number of classes) and what the model that
    /// training began with has. At ten times ln 7 the true class gets a probability of e^-19 in the mean; a start far
    /// from the data, or a large step that recovers, stays well below.
    /// </summary>
    public const double MostLoss = 10;

    /// <param name="cut">Of <paramref name="values"/> changes.</param>
    /// <exception cref="AgentException">Too many were cut.</exception>
    public static void RequireUncut(int cut, int values, ParticipantTask task)
    {
        if (cut <= MostClipped * values)
            return;
        throw new AgentException(
            ExitCode.Failure,
            $"training has diverged: {cut} of {values} changes are beyond the bound {task.Bound}, more than "
            + $"{MostClipped:P0}; nothing was sent. {Settings(task.Training)}, or a larger arithmetic.bound");
    }

    /// <param name="loss">Mean of the last epoch, in nats.</param>
    /// <param name="classes">At least 2.</param>
    /// <param name="before">Mean loss of the model that training began with; asked only if need be.</param>
    /// <exception cref="AgentException">The loss is far above both.</exception>
    public static void RequireLoss(double loss, int classes, Func<double> before, TrainingPolicy policy)
    {
        if (loss <= MostLoss * Math.Log(classes))
            return;
        var began = before();
        if (loss <= MostLoss * began)
            return;
        throw new AgentException(
            ExitCode.Failure,
            $"training has diverged: the mean loss of its last epoch is {loss:0.#}, that of the model it began with "
            + $"{began:0.###}; nothing was sent. {Settings(policy)}");
    }

    private static string Settings(TrainingPolicy policy) =>
        $"The federation's steward can set a lower training.learningRate (now {policy.LearningRate})";
}
