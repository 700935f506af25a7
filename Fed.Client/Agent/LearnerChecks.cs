using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Client.Agent;

/// <summary>Does a federation's model fit a participant's data?</summary>
internal static class LearnerChecks
{
    /// <exception cref="AgentException">Input shape or number of classes differ.</exception>
    public static void RequireFit(ModelSpecification model, DataTask data)
    {
        if (!model.Input.SequenceEqual(data.Shape))
        {
            throw new AgentException(
                ExitCode.Refused,
                $"the federation's model takes inputs [{string.Join(',', model.Input)}], the data of task "
                + $"'{data.Name}' have [{string.Join(',', data.Shape)}]; give --data of the federation's task");
        }

        if (model.Classes != data.Classes.Count)
        {
            throw new AgentException(
                ExitCode.Refused,
                $"the federation's model tells {model.Classes} classes apart, the data of task '{data.Name}' have "
                + $"{data.Classes.Count}; give --data of the federation's task");
        }
    }
}
