using Fed.Contracts.Participants;
using Fed.Core.Blocks;
using Fed.Core.Codecs;

namespace Fed.Client.Agent;

/// <summary>
/// A round of training on this side: from a task's model to an update that is on disk, and with it what is carried to
/// the next round: what the encoding has left out (error feedback), or SCAFFOLD's c_i.
/// </summary>
internal sealed class LocalRound(LocalLearner learner, UpdateStore updates, SessionLog log, TimeProvider time)
{
    private readonly CarriedVectors _carried = new(updates, log);

    /// <summary>Of the last round's changes, the share that was cut to the bound, 0 to 1; null before the
    /// first.</summary>
    public double? ClippedShare { get; private set; }

    /// <param name="start">The task's vector: x, or [x; c].</param>
    /// <param name="sequence">The number of the update, from 1; those below it were accepted.</param>
    /// <exception cref="AgentException">Training has diverged (<see cref="Divergence"/>); nothing is kept.</exception>
    public void Run(ParticipantTask task, float[] start, long sequence, CancellationToken cancellationToken)
    {
        var trained = start.AsSpan().ToArray();
        var began = time.GetTimestamp();
        if (task.Training.ControlVariates)
        {
            var own = _carried.Control(task, sequence - 1, learner.Parameters, () => learner.Gradient(
                start, task.Training, task.Seed, log.Participant, cancellationToken));
            learner.TrainControlled(trained, own, task.Training, task.Seed, log.Participant, cancellationToken);
            LogTrained(task, began);
            Cut(task, Delta.Make(start, trained, task.Bound), trained.Length);
            KeepControlled(task, trained, own, sequence);
            return;
        }

        var scale = learner.Train(trained, task.Training, task.Seed, log.Participant, cancellationToken);
        var codec = BlockCodecs.ByName(task.Codec);
        var residual = codec.NeedsErrorFeedback ? _carried.Residual(task, codec, sequence - 1, trained.Length) : [];
        LogTrained(task, began);
        Cut(task, Delta.Make(start, trained, task.Bound, scale, residual), trained.Length);
        Keep(task, trained, codec, sequence);
    }

    private void Keep(ParticipantTask task, float[] delta, IBlockCodec codec, long sequence)
    {
        if (codec.NeedsErrorFeedback)
        {
            updates.Keep(
                sequence,
                task.Version,
                stream => EncodeLeavingResidual(task, stream, delta),
                stream => ResidualFile.Write(stream, _carried.ResidualOf(task, codec), delta));
            return;
        }

        updates.Keep(sequence, task.Version, stream => UpdateWriter.Write(
            stream, delta, codec, learner.Examples, task.ModelSha256, task.LayoutHash, RoundingSeed(task)));
    }

    /// <summary>
    /// c_i grows by what was sent: the server's c is then the mean of all c_i whatever was cut or rounded.
    /// </summary>
    /// <param name="delta">[y - x; change of c_i], cut; overwritten.</param>
    /// <param name="own">c_i; overwritten with c_i+.</param>
    private void KeepControlled(ParticipantTask task, float[] delta, float[] own, long sequence) => updates.Keep(
        sequence,
        task.Version,
        stream =>
        {
            var change = delta.AsSpan(own.Length);
            for (var i = 0; i < own.Length; i++)
                own[i] += change[i];
            EncodeLeavingResidual(task, stream, delta);
            for (var i = 0; i < own.Length; i++)
                own[i] -= change[i];
        },
        stream => ResidualFile.Write(stream, _carried.ControlAfter(task, sequence), own));

    private void EncodeLeavingResidual(ParticipantTask task, Stream stream, float[] delta) =>
        UpdateWriter.WriteLeavingResidual(
            stream,
            delta,
            BlockCodecs.ByName(task.Codec),
            learner.Examples,
            task.ModelSha256,
            task.LayoutHash,
            RoundingSeed(task));

    private ulong RoundingSeed(ParticipantTask task) => TrainingPolicies.RoundingSeed(task.Seed, log.Participant);

    private void LogTrained(ParticipantTask task, long began) => log.Write(AgentEventKind.Trained, line => line with
    {
        Version = task.Version,
        Examples = learner.Examples,
        Seconds = Math.Round(time.GetElapsedTime(began).TotalSeconds, 4),
    });

    private void Cut(ParticipantTask task, int cut, int values)
    {
        ClippedShare = (double)cut / values;
        if (cut == 0)
            return;
        log.Write(AgentEventKind.Clipped, line => line with
        {
            Version = task.Version,
            ClippedShare = ClippedShare,
            Message = $"{cut} of {values} changes were beyond the bound {task.Bound} and were cut to it",
        });
        Divergence.RequireUncut(cut, values, task);
    }
}
