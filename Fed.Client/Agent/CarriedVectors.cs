using Fed.Contracts.Participants;
using Fed.Core.Codecs;

namespace Fed.Client.Agent;

/// <summary>What a participant carries from its last accepted update to the next one, and what becomes of it when it
/// cannot be used.</summary>
internal sealed class CarriedVectors(UpdateStore updates, SessionLog log)
{
    public ResidualBinding ResidualOf(ParticipantTask task, IBlockCodec codec) => BindingOf(task, codec.Name);

    /// <summary>
    /// The c_i of one sequence number fits no other: were the server, or this folder, restored from an old copy, the
    /// server's c would hold another c_i of ours.
    /// </summary>
    public ResidualBinding ControlAfter(ParticipantTask task, long sequence) =>
        BindingOf(task, $"the control variate after update {sequence}");

    /// <summary>The residual of the updates so far; empty at the start, and where it cannot be used.</summary>
    /// <param name="accepted">The last sequence number that the server has; 0: none.</param>
    public float[] Residual(ParticipantTask task, IBlockCodec codec, long accepted, int length)
    {
        try
        {
            if (updates.ResidualFile() is { } file)
                return ResidualFile.Read(file, ResidualOf(task, codec), length);
            if (accepted == 0)
                return [];
            throw new InvalidDataException("updates were sent before, but no residual of them is here");
        }
        catch (InvalidDataException unusable)
        {
            log.Write(AgentEventKind.ResidualLost, line => line with
            {
                Message = $"{unusable.Message}; error feedback starts from zero, nothing else is lost",
            });
            return [];
        }
    }

    /// <summary>
    /// c_i, [D]: zero before the first update. Where it cannot be used, it is made again by option I; from zero, the
    /// server's c, which still holds the lost one, would bias the model for good.
    /// </summary>
    /// <param name="accepted">The last sequence number that the server has; 0: none.</param>
    /// <param name="remake">The gradient over all local data at the task's model.</param>
    public float[] Control(ParticipantTask task, long accepted, int length, Func<float[]> remake)
    {
        if (accepted == 0)
            return new float[length];
        try
        {
            return updates.ResidualFile() is { } file
                ? ResidualFile.Read(file, ControlAfter(task, accepted), length)
                : throw new InvalidDataException("updates were sent before, but no control variate of them is here");
        }
        catch (InvalidDataException unusable)
        {
            log.Write(AgentEventKind.ControlLost, line => line with
            {
                Version = task.Version,
                Message = $"{unusable.Message}; the gradient at version {task.Version} takes its place",
            });
            return remake();
        }
    }

    private ResidualBinding BindingOf(ParticipantTask task, string purpose) =>
        new(log.Participant, log.Federation, task.LayoutHash, purpose);
}
