using System.Security.Cryptography;
using System.Text;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Simulation.Checks;
using Fed.Simulation.Engine;
using Fed.Simulation.Silo;

namespace Fed.Simulation.Workload;

/// <summary>
/// A participant as the real agent behaves: it keeps its update until there is a receipt or a final refusal, and sends
/// it again, with the same number, after whatever else went wrong. What it sends depends on its name and the base model
/// alone.
/// </summary>
internal sealed class SimulatedParticipant(
    EventQueue events,
    FaultPlan faults,
    Exchange exchange,
    FederationSettings settings,
    RosterEntry entry,
    ReceiptBook receipts,
    Violations violations)
{
    private const int MaxRenumberings = 3;

    private static readonly string PublicKey = NewPublicKey();
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private int _life;
    private long _next = 1;
    private (byte[] Bytes, ContributionOffer Offer)? _pending;
    private int _renumberings;

    /// <summary>It was told that the federation has finished.</summary>
    public bool IsDone { get; private set; }

    /// <summary>A life of the agent; an earlier one ends. What it had on its disk is still there.</summary>
    public void Start()
    {
        var life = ++_life;
        new TurnScheduler(events, entry.Name, () => _life == life, faults.Pause).Run(LiveAsync);
    }

    public void Kill() => _life++;

    private async Task LiveAsync()
    {
        try
        {
            await EnrolAsync();
            await SendPendingAsync();
            while (!IsDone)
                await WorkAsync(await AskAsync("task", grain => grain.NextTask(LongPoll, CancellationToken.None)));
        }
#pragma warning disable CA1031 // Nothing here may go wrong; whatever does is what the simulation looks for.
        catch (Exception error)
#pragma warning restore CA1031
        {
            violations.Add($"participant {entry.Name} gave up: {error}");
        }
    }

    private async Task WorkAsync(ParticipantTask? task)
    {
        switch (task?.Kind)
        {
            case TaskKind.Evaluate:
                await AskAsync("report", async grain =>
                {
                    await grain.Report(new EvaluationReport(task.Version, task.ModelSha256, 10, 7, 0.5));
                    return true;
                });
                break;
            case TaskKind.Train:
                _pending = Train(task);
                await events.Delay(events.UpTo(TimeSpan.FromSeconds(0.5)), "training");
                await SendPendingAsync();
                break;
            case TaskKind.Finish:
                IsDone = true;
                break;
        }
    }

    private async Task EnrolAsync()
    {
        var enrolment = await AskAsync(
            "enrol", grain => grain.Enrol(new EnrolmentRequest(entry.Cluster, settings.Task, PublicKey)));
        _next = enrolment.NextSequence;
        if (_pending is { } pending && pending.Offer.Sequence > _next)
            _pending = pending with { Offer = pending.Offer with { Sequence = _next } };
    }

    private async Task SendPendingAsync()
    {
        while (_pending is { } pending)
        {
            try
            {
                var receipt = await RetryAsync($"update of {entry.Name}", silo => SimulatedGateway.UploadAsync(
                    silo, settings.Name, pending.Offer, pending.Bytes, receipts));
                _pending = null;
                _next = Math.Max(_next, receipt.Sequence + 1);
                _renumberings = 0;
            }
            catch (RefusedException refused)
            {
                events.Trace.Note($"{entry.Name}: {pending.Offer.Sequence} refused: {refused.Message}");
                await MendAsync(refused);
            }
        }
    }

    private async Task MendAsync(RefusedException refused)
    {
        switch (refused.Code)
        {
            case RefusalCode.TooStale or RefusalCode.AlreadyContributed or RefusalCode.UnknownBaseVersion
                or RefusalCode.FederationFinished:
                _pending = null;
                return;
            case RefusalCode.SequenceConflict:
                _pending = null;
                break;
            case RefusalCode.SequenceGap or RefusalCode.NotEnrolled:
                break;
            default:
                throw refused;
        }

        if (++_renumberings > MaxRenumberings)
            throw new InvalidOperationException("asking for the number does not help", refused);
        await EnrolAsync();
    }

    private Task<T> AskAsync<T>(string label, Func<IParticipantGrain, Task<T>> request) => RetryAsync(
        $"{label} of {entry.Name}", silo => request(SimulatedGateway.Participant(silo, settings.Name, entry.Name)));

    /// <exception cref="RefusedException">Final.</exception>
    private async Task<T> RetryAsync<T>(string label, Func<SimulatedSilo, Task<T>> request)
    {
        while (true)
        {
            try
            {
                return await exchange.CallAsync(label, request, Patience);
            }
            catch (Exception error) when (error is not RefusedException { Code: not RefusalCode.UnknownFederation })
            {
                events.Trace.Note($"{label}: {error.GetType().Name} {error.Message}");
                await events.Delay(events.UpTo(TimeSpan.FromSeconds(1.5)), "retry");
            }
        }
    }

    private (byte[] Bytes, ContributionOffer Offer) Train(ParticipantTask task)
    {
        var seed = SHA256.HashData(Encoding.UTF8.GetBytes(entry.Name + task.ModelSha256));
        var random = new Random(BitConverter.ToInt32(seed));
        var delta = new float[task.Parameters];
        foreach (ref var value in delta.AsSpan())
            value = (random.NextSingle() - 0.5f) * 0.1f;
        var examples = 10 + entry.Name[^1];
        using var file = new MemoryStream();
        UpdateWriter.Write(file, delta, BlockCodecs.ByName("float32"), examples, task.ModelSha256, task.LayoutHash);
        var bytes = file.ToArray();
        return (bytes, new ContributionOffer(
            entry.Name,
            _next,
            Convert.ToHexStringLower(SHA256.HashData(bytes)),
            bytes.Length,
            task.ModelSha256,
            examples,
            Signature: "none"));
    }

    private static string NewPublicKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }
}
