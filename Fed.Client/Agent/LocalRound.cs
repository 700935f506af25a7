using System.Numerics.Tensors;
using Fed.Contracts.Federations;
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

    /// <summary>
    /// Of the last round's changes, the share that was cut to the bound, 0 to 1; null before the first.
    /// </summary>
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
            using (AgentTraces.Start("train"))
                learner.TrainControlled(trained, own, task.Training, task.Seed, log.Participant, cancellationToken);
            LogTrained(task, began);
            using var encodeControlled = AgentTraces.Start("encode");
            Cut(task, Delta.Make(start, trained, task.Bound), trained.Length);
            KeepControlled(task, trained, own, sequence);
            return;
        }

        double scale;
        using (AgentTraces.Start("train"))
            scale = learner.Train(trained, task.Training, task.Seed, log.Participant, cancellationToken);
        var codec = BlockCodecs.ByName(task.Codec);
        var residual = codec.NeedsErrorFeedback ? _carried.Residual(task, codec, sequence - 1, trained.Length) : [];
        LogTrained(task, began);
        using var encode = AgentTraces.Start("encode");
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

/// <summary>What training has changed.</summary>
internal static class Delta
{
    /// <summary>Int8 scales may round a value up by a few units in the last place; the bound must still hold.</summary>
    private const float Margin = 1 - 1f / (1 << 20);

    /// <summary>
    /// scale (trained - start) + carried, written over <paramref name="trained"/>, and cut to the bound.
    /// </summary>
    /// <param name="scale">FedNova's, above 0; 1: the change as it is.</param>
    /// <param name="carried">What earlier encodings have left out (error feedback); empty: nothing.</param>
    /// <returns>How many values were cut.</returns>
    /// <exception cref="AgentException">Training has diverged: a value is not finite.</exception>
    public static int Make(
        ReadOnlySpan<float> start,
        Span<float> trained,
        float bound,
        double scale = 1,
        ReadOnlySpan<float> carried = default)
    {
        TensorPrimitives.Subtract(trained, start, trained);
        if (scale != 1)
            TensorPrimitives.Multiply(trained, (float)scale, trained);
        if (!carried.IsEmpty)
            TensorPrimitives.Add(trained, carried, trained);
        var limit = bound * Margin;
        var cut = 0;
        for (var i = 0; i < trained.Length; i++)
        {
            var value = trained[i];
            if (!float.IsFinite(value))
            {
                throw new AgentException(
                    ExitCode.Failure,
                    $"training has diverged: parameter {i} changed by {value}; "
                    + "ask a steward for a lower learning rate");
            }

            if (MathF.Abs(value) <= limit)
                continue;
            trained[i] = MathF.CopySign(limit, value);
            cut++;
        }

        return cut;
    }
}

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
