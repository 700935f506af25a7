using Fed.Client.Commands;
using Fed.Client.Protocol;
using Fed.Contracts.Participants;
using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.MediaQc.Folders;

namespace Fed.Client.Agent;

/// <summary>
/// One participant in one federation, from enrolment to <c>finish</c>:
/// <code>
/// enrol ── pending update? ── deliver ──┐
///             ┌─────────────────────────┘
///             └─► poll ─► evaluate ─► report ─► poll
///                   ├───► train ─► keep on disk ─► deliver ─► poll
///                   └───► finish
/// </code>
/// </summary>
internal sealed class FederationSession
{
    private readonly FederationClient client;
    private readonly StateFolder state;
    private readonly ParticipantFolder data;
    private readonly RetryPolicy retry;
    private readonly TimeProvider time;
    private readonly UpdateStore updates;
    private readonly ModelCache models;
    private readonly SessionLog log;
    private readonly Delivery delivery;
    private LocalLearner? learner;

    public FederationSession(
        FederationClient client,
        StateFolder state,
        ParticipantFolder data,
        RetryPolicy retry,
        TimeProvider time,
        SessionLog log)
    {
        this.client = client;
        this.state = state;
        this.data = data;
        this.retry = retry;
        this.time = time;
        this.log = log;
        updates = state.Updates(log.Federation);
        models = state.Models(log.Federation);
        delivery = new Delivery(client, state, updates, retry, log, EnrolAsync);
    }

    /// <summary>Returns when the federation has finished.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var enrolment = await EnrolAsync(cancellationToken);
        learner = new LocalLearner(data, enrolment.Model);
        await delivery.ResumeAsync(enrolment.NextSequence, cancellationToken);
        while (true)
        {
            var task = await NextTaskAsync(cancellationToken);
            switch (task?.Kind)
            {
                case TaskKind.Evaluate:
                    await EvaluateAsync(task, cancellationToken);
                    break;
                case TaskKind.Train:
                    await TrainAsync(task, cancellationToken);
                    break;
                case TaskKind.Finish:
                    log.Write(AgentEventKind.Finished, line => line with
                    {
                        BytesUp = client.Wire.Up,
                        BytesDown = client.Wire.Down,
                    });
                    return;
            }
        }
    }

    private async Task<Enrolment> EnrolAsync(CancellationToken cancellationToken)
    {
        var request = new EnrolmentRequest(log.Cluster, data.Task.Name, state.PublicKey);
        var enrolment = await RetryAsync(
            () => client.EnrolAsync(log.Federation, log.Participant, request, cancellationToken), cancellationToken);
        log.Write(AgentEventKind.Enrolled, line => line with { Sequence = enrolment.NextSequence });
        return enrolment;
    }

    private async Task<ParticipantTask?> NextTaskAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RetryAsync(
                () => client.NextTaskAsync(log.Federation, log.Participant, cancellationToken), cancellationToken);
        }
        catch (ProtocolException forgotten) when (forgotten.Code == "notEnrolled")
        {
            var enrolment = await EnrolAsync(cancellationToken);
            await delivery.ResumeAsync(enrolment.NextSequence, cancellationToken);
            return null;
        }
    }

    private async Task EvaluateAsync(ParticipantTask task, CancellationToken cancellationToken)
    {
        var report = learner!.Evaluate(await ModelAsync(task, cancellationToken), task);
        await RetryAsync(
            async () =>
            {
                await client.ReportAsync(log.Federation, log.Participant, report, cancellationToken);
                return true;
            },
            cancellationToken);
        log.Write(AgentEventKind.Evaluated, line => line with
        {
            Version = task.Version,
            Examples = report.Examples,
            Accuracy = (double)report.Correct / report.Examples,
            Loss = report.Loss,
        });
    }

    private async Task TrainAsync(ParticipantTask task, CancellationToken cancellationToken)
    {
        var start = await ModelAsync(task, cancellationToken);
        var trained = start.AsSpan().ToArray();
        var began = time.GetTimestamp();
        learner!.Train(trained, task.Training, task.Seed, log.Participant, cancellationToken);
        var cut = Delta.Make(start, trained, task.Bound);
        log.Write(AgentEventKind.Trained, line => line with
        {
            Version = task.Version,
            Examples = learner.Examples,
            Seconds = Math.Round(time.GetElapsedTime(began).TotalSeconds, 4),
        });
        if (cut > 0)
        {
            log.Write(AgentEventKind.Clipped, line => line with
            {
                Version = task.Version,
                Message = $"{cut} of {trained.Length} changes were beyond the bound {task.Bound} and were cut to it",
            });
        }

        updates.Keep(delivery.NextSequence, task.Version, stream => UpdateWriter.Write(
            stream, trained, BlockCodecs.ByName(task.Codec), learner.Examples, task.ModelSha256, task.LayoutHash));
        await delivery.SendPendingAsync(cancellationToken);
    }

    private Task<float[]> ModelAsync(ParticipantTask task, CancellationToken cancellationToken)
    {
        if (task.LayoutHash != learner!.Layout.Hash)
        {
            throw new AgentException(
                ExitCode.Refused,
                $"task {task.Id} wants layout {task.LayoutHash}, the federation's model has {learner.Layout.Hash}; "
                + "the server contradicts itself, tell its operator");
        }

        return models.GetAsync(task.ModelSha256, learner.Layout, stream => RetryAsync(
            async () =>
            {
                stream.SetLength(0);
                await client.DownloadModelAsync(log.Federation, task.ModelSha256, stream, cancellationToken);
                return true;
            },
            cancellationToken));
    }

    private Task<T> RetryAsync<T>(Func<Task<T>> attempt, CancellationToken cancellationToken) =>
        retry.RunAsync(attempt, log.Retrying, cancellationToken);
}
