using Fed.Client.Protocol;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
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
    private readonly IFederationServer _client;
    private readonly StateFolder _state;
    private readonly ParticipantFolder _data;
    private readonly RetryPolicy _retry;
    private readonly TimeProvider _time;
    private readonly UpdateStore _updates;
    private readonly ModelCache _models;
    private readonly SessionLog _log;
    private readonly Delivery _delivery;
    private readonly ParticipantOptions _options;
    private LocalLearner? _learner;
    private LocalRound? _round;

    public FederationSession(
        IFederationServer client,
        StateFolder state,
        ParticipantFolder data,
        RetryPolicy retry,
        TimeProvider time,
        SessionLog log,
        ParticipantOptions options)
    {
        _options = options;
        _client = client;
        _state = state;
        _data = data;
        _retry = retry;
        _time = time;
        _log = log;
        _updates = state.Updates(log.Federation);
        _models = state.Models(log.Federation);
        _delivery = new Delivery(client, state, _updates, retry, log, EnrolAsync);
    }

    /// <summary>Returns when the federation has finished.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var enrolment = await EnrolAsync(cancellationToken);
        _learner = await LearnerAsync(enrolment, cancellationToken);
        _round = new LocalRound(_learner, _updates, _log, _time);
        await _delivery.ResumeAsync(enrolment.NextSequence, cancellationToken);
        while (true)
        {
            using var round = AgentTraces.StartRound(_log.Federation, _log.Participant);
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
                    _log.Write(AgentEventKind.Finished, line => line with
                    {
                        BytesUp = _client.Wire.Up,
                        BytesDown = _client.Wire.Down,
                    });
                    return;
            }
        }
    }

    private async Task<Enrolment> EnrolAsync(CancellationToken cancellationToken)
    {
        var request = new EnrolmentRequest(
            _log.Cluster, _data.Task.Name, _state.PublicKey, _data.Task.Classes, _data.Task.Features);
        var enrolment = await RetryAsync(
            () => _client.EnrolAsync(_log.Federation, _log.Participant, request, cancellationToken), cancellationToken);
        _log.Write(AgentEventKind.Enrolled, line => line with { Sequence = enrolment.NextSequence });
        return enrolment;
    }

    /// <summary>With an extractor, what it gives for the samples is made here, once.</summary>
    private async Task<LocalLearner> LearnerAsync(Enrolment enrolment, CancellationToken cancellationToken)
    {
        if (enrolment.Extractor is not { } extractor)
            return new LocalLearner(_data, enrolment.Model, _options.Trainer);
        var split = LearnerChecks.Cut(enrolment.Model, extractor.Frozen, _data.Task);
        using var step = AgentTraces.Start("extract");
        try
        {
            var frozen = await _state.Extractors.GetAsync(extractor.Sha256, split, (file, length) => RetryAsync(
                () => ContinueAsync(extractor.Sha256, file, length, cancellationToken), cancellationToken));
            return new LocalLearner(_data, frozen, _options.Trainer, cancellationToken);
        }
        catch (InvalidDataException wrong)
        {
            throw new AgentException(
                ExitCode.Refused,
                $"the federation's extractor cannot be used: {wrong.Message}; tell its steward",
                wrong);
        }
    }

    /// <returns>True.</returns>
    private async Task<bool> ContinueAsync(
        string sha256, FileStream file, long length, CancellationToken cancellationToken)
    {
        try
        {
            await _client.ContinueModelAsync(_log.Federation, sha256, file, length, cancellationToken);
            return true;
        }
        catch (InvalidDataException)
        {
            // Nobody knows which of the bytes are wrong.
            file.SetLength(0);
            throw;
        }
    }

    private async Task<ParticipantTask?> NextTaskAsync(CancellationToken cancellationToken)
    {
        using var step = AgentTraces.Start("task");
        try
        {
            return await RetryAsync(
                () => _client.NextTaskAsync(_log.Federation, _log.Participant, cancellationToken), cancellationToken);
        }
        catch (ProtocolException forgotten) when (forgotten.Refusal == RefusalCode.NotEnrolled)
        {
            var enrolment = await EnrolAsync(cancellationToken);
            await _delivery.ResumeAsync(enrolment.NextSequence, cancellationToken);
            return null;
        }
    }

    private async Task EvaluateAsync(ParticipantTask task, CancellationToken cancellationToken)
    {
        using var step = AgentTraces.Start("evaluate");
        var report = _learner!.Evaluate(await ModelAsync(task, cancellationToken), task) with
        {
            ClippedShare = _round!.ClippedShare,
            LabelCounts = _options.SharesLabels ? _learner.CountLabels() : null,
            Features = _options.SharesFeatures ? _learner.SumUpFeatures() : null,
        };
        await RetryAsync(
            async () =>
            {
                await _client.ReportAsync(
                    _state.Key, _log.Federation, _log.Participant, report, cancellationToken);
                return true;
            },
            cancellationToken);
        _log.Write(AgentEventKind.Evaluated, line => line with
        {
            Version = task.Version,
            Examples = report.Examples,
            Accuracy = (double)report.Correct / report.Examples,
            Loss = report.Loss,
            ClippedShare = report.ClippedShare,
        });
    }

    private async Task TrainAsync(ParticipantTask task, CancellationToken cancellationToken)
    {
        var start = await ModelAsync(task, cancellationToken);
        _round!.Run(task, start, _delivery.NextSequence, cancellationToken);
        await Task.Delay(_options.Lag, _time, cancellationToken);
        await _delivery.SendPendingAsync(cancellationToken);
    }

    /// <summary>The vector of a task: x, or [x; c].</summary>
    private async Task<float[]> ModelAsync(ParticipantTask task, CancellationToken cancellationToken)
    {
        using var step = AgentTraces.Start("model");
        var layout = _learner!.LayoutOf(task.Training);
        if (task.LayoutHash != layout.Hash)
        {
            throw new AgentException(
                ExitCode.Refused,
                $"task {task.Id} wants layout {task.LayoutHash}, the federation's model has {layout.Hash} here; "
                + "either this program is older than the federation's settings (update it), or the server contradicts "
                + "itself (tell its operator)");
        }

        return await _models.GetAsync(task.ModelSha256, layout, stream => RetryAsync(
            async () =>
            {
                stream.SetLength(0);
                await _client.DownloadModelAsync(_log.Federation, task.ModelSha256, stream, cancellationToken);
                return true;
            },
            cancellationToken));
    }

    private Task<T> RetryAsync<T>(Func<Task<T>> attempt, CancellationToken cancellationToken) =>
        _retry.RunAsync(attempt, _log.Retrying, cancellationToken);
}
