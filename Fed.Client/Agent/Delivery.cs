using Fed.Client.Protocol;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Core.FailPoints;

namespace Fed.Client.Agent;

/// <summary>
/// Brings the pending update to the server, exactly once. The server's count decides; ours only says which bytes
/// were sent:
/// <list type="bullet">
/// <item>our number is the one it expects: it has not seen the update; send it;</item>
/// <item>our number is lower: it may have it; send it again, and the first receipt comes back. If other bytes stand
/// there (our folder was restored from an old copy), drop ours and take its number;</item>
/// <item>our number is higher: it has lost history (its folder was restored); give the same bytes the number
/// it expects.</item>
/// </list>
/// </summary>
/// <param name="enrol">Asks the server again for its count.</param>
internal sealed class Delivery(
    IFederationServer client,
    StateFolder state,
    UpdateStore updates,
    RetryPolicy retry,
    SessionLog log,
    Func<CancellationToken, Task<Enrolment>> enrol)
{
    /// <summary>More than this many renumberings without a receipt: someone else sends under our name.</summary>
    private const int MaxRenumberings = 3;

    private int _renumberings;

    /// <summary>The number of the next update.</summary>
    public long NextSequence { get; private set; } = 1;

    /// <summary>After an enrolment: agree on the number, and send what an earlier run has left.</summary>
    public async Task ResumeAsync(long expected, CancellationToken cancellationToken)
    {
        Agree(expected);
        if (updates.Ledger.Pending is not null)
            await SendPendingAsync(cancellationToken);
    }

    /// <summary>
    /// Returns when there is a receipt, or when the update has been refused in a way that a new task mends.
    /// </summary>
    /// <exception cref="ProtocolException">Refused for good.</exception>
    public async Task SendPendingAsync(CancellationToken cancellationToken)
    {
        while (updates.Ledger.Pending is { } pending)
        {
            var update = SignedUpdate.Sign(
                state.Key, log.Federation, log.Participant, pending.Sequence, updates.PendingFile, pending.Sha256);
            try
            {
                var (receipt, isNew) = await retry.RunAsync(
                    () => SendAsync(update, cancellationToken),
                    log.Retrying,
                    cancellationToken);
                Accept(receipt, isNew);
            }
            catch (ProtocolException refused) when (IsOutdated(refused))
            {
                Drop(pending, refused);
            }
            catch (ProtocolException refused) when (refused.Refusal == RefusalCode.SequenceConflict)
            {
                Drop(pending, refused);
                await AskAgainAsync(refused, cancellationToken);
            }
            catch (ProtocolException refused) when (
                refused.Refusal is RefusalCode.SequenceGap or RefusalCode.NotEnrolled)
            {
                await AskAgainAsync(refused, cancellationToken);
            }
        }
    }

    private static bool IsOutdated(ProtocolException refused) => refused.Refusal is RefusalCode.TooStale
        or RefusalCode.RoundClosed
        or RefusalCode.AlreadyContributed
        or RefusalCode.UnknownBaseVersion
        or RefusalCode.VersionWithdrawn
        or RefusalCode.FederationFinished;

    private async Task<(Receipt Receipt, bool IsNew)> SendAsync(
        SignedUpdate update, CancellationToken cancellationToken)
    {
        using var step = AgentTraces.Start("send");
        FailPoint.Hit(FailPointNames.UploadBeforeSend);
        var answer = await client.SendUpdateAsync(log.Federation, log.Participant, update, cancellationToken);
        FailPoint.Hit(FailPointNames.UploadAfterSend);
        return answer;
    }

    private void Accept(Receipt receipt, bool isNew)
    {
        var bytes = new FileInfo(updates.PendingFile).Length;
        FailPoint.Hit(FailPointNames.ReceiptBeforeRecord);
        updates.Accept();
        FailPoint.Hit(FailPointNames.ReceiptAfterRecord);
        NextSequence = Math.Max(NextSequence, receipt.Sequence + 1);
        _renumberings = 0;
        log.Write(AgentEventKind.Accepted, line => line with
        {
            Sequence = receipt.Sequence,
            Version = receipt.ClusterVersion,
            Staleness = receipt.Staleness,
            Bytes = bytes,
            Sha256 = receipt.Sha256,
            Duplicate = !isNew,
            BytesUp = client.Wire.Up,
            BytesDown = client.Wire.Down,
        });
    }

    private void Drop(PendingUpdate pending, ProtocolException refused)
    {
        updates.Drop();
        log.Write(AgentEventKind.Dropped, line => line with
        {
            Sequence = pending.Sequence,
            Version = pending.Version,
            Code = refused.Code,
            Message = $"update {pending.Sequence} dropped: {refused.Detail}",
        });
    }

    private async Task AskAgainAsync(ProtocolException refused, CancellationToken cancellationToken)
    {
        if (++_renumberings > MaxRenumberings)
        {
            throw new AgentException(
                ExitCode.Refused,
                $"{refused.Detail}, and asking for the number has not helped {MaxRenumberings} times; is another agent "
                + $"running under the name '{log.Participant}' with a copy of this state folder?",
                refused);
        }

        Agree((await enrol(cancellationToken)).NextSequence);
    }

    private void Agree(long expected)
    {
        NextSequence = expected;
        if (updates.Ledger.Pending is not { } pending || pending.Sequence <= expected)
            return;
        updates.Renumber(expected);
        log.Write(AgentEventKind.Resynchronised, line => line with
        {
            Sequence = expected,
            Message = $"the server expects update {expected}, not {pending.Sequence}: the same bytes go as {expected}",
        });
    }
}
