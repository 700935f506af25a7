using System.IO.Pipelines;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Silo.Gateway.Updates;
using Fed.Silo.Hosting;
using Orleans;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;

namespace Fed.Silo.Gateway.Clients;

/// <summary>How an upload begins; not for clients.</summary>
[Alias("fed.IUploadStart")]
internal interface IUploadStart : IGrainWithStringKey
{
    /// <param name="publicKey">Of the participant that opened it, and alone may go on.</param>
    /// <returns>The receipt, if the update was accepted before; null: its chunks may come.</returns>
    [Alias("Begin")]
    Task<Receipt?> Begin(string federation, ContributionOffer offer, string publicKey);
}

/// <summary>
/// One upload of an Orleans client, on the silo where it began. Chunks go through a pipe to the intake, which validates
/// them while they arrive; who is ahead waits for its turn, and who is too fast for the disk waits too, so that at most
/// the pipe and <see cref="Chunks.InFlight"/> chunks are in memory. It is dropped when a chunk is wrong, when the
/// update is, and when nothing comes for a while; nothing of it is kept then.
/// </summary>
[PreferLocalPlacement, Reentrant]
internal sealed class UpdateUploadGrain(
    ContributionIntake intake, OpenUploads uploads, KeyCache keys, SiloOptions options, TimeProvider time)
    : Grain, IUpdateUploadGrain, IUploadStart, IDisposable
{
    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: Chunks.InFlight * Chunks.Bytes,
        resumeWriterThreshold: Chunks.InFlight * Chunks.Bytes / 2,
        useSynchronizationContext: false));

    private readonly CancellationTokenSource _ended = new();

    /// <summary>Offsets of chunks that have come and are not in the pipe.</summary>
    private readonly HashSet<long> _pending = [];

    /// <summary>Those of them that are ahead, by offset.</summary>
    private readonly Dictionary<long, TaskCompletionSource> _ahead = [];

    private (string Federation, string Participant, string PublicKey)? _owner;
    private IDisposable? _place;
    private IGrainTimer? _idle;
    private Task<Acceptance>? _intake;
    private Exception? _fault;
    private long _length;

    /// <summary>All before it is in the pipe.</summary>
    private long _next;

    public async Task<Receipt?> Begin(string federation, ContributionOffer offer, string publicKey)
    {
        _owner = (federation, offer.Participant, publicKey);
        _place = uploads.Enter(federation, offer.Participant);
        try
        {
            var opened = await Task.Run(() => intake.OpenAsync(federation, offer, _ended.Token));
            if (opened.First is not null)
            {
                await DropAsync(Unknown());
                return opened.First;
            }

            _length = offer.Bytes;
            _intake = Task.Run(() => TakeAsync(federation, offer, opened));
        }
        catch (Exception refused)
        {
            await DropAsync(refused);
            throw;
        }

        _idle = this.RegisterGrainTimer(AbandonAsync, new GrainTimerCreationOptions
        {
            DueTime = options.Timeouts.UploadIdle,
            Period = Timeout.InfiniteTimeSpan,
            Interleave = true,
        });
        return null;
    }

    public async Task Put(long offset, byte[] bytes)
    {
        _ = RequireKnown();
        try
        {
            RequirePlace(offset, bytes.Length);
            if (offset != _next)
                await WaitForTurnAsync(offset);
            await WriteAsync(bytes);
        }
        catch (Exception wrong)
        {
            await DropAsync(wrong);
            throw;
        }

        _pending.Remove(offset);
        _next += bytes.Length;
        if (_ahead.Remove(_next, out var following))
            following.SetResult();
    }

    public async Task<Acceptance?> Complete()
    {
        var taken = RequireKnown();
        try
        {
            if (_next != _length)
            {
                throw Refused(
                    $"the upload was completed after {_next} of its {_length} bytes", "put every chunk, then complete");
            }

            await _pipe.Writer.CompleteAsync();
            return await taken.WaitAsync(options.Timeouts.CallWait, time);
        }
        catch (TimeoutException) when (!taken.IsCompleted)
        {
            return null;
        }
        catch (Exception wrong)
        {
            await DropAsync(wrong);
            throw;
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        DropAsync(Unknown());

    public void Dispose() => _ended.Dispose();

    private async Task<Acceptance> TakeAsync(string federation, ContributionOffer offer, OpenedOffer opened)
    {
        try
        {
            return await intake.TakeAsync(federation, offer, opened, _pipe.Reader.AsStream(), _ended.Token);
        }
        finally
        {
            await _pipe.Reader.CompleteAsync();
            _place!.Dispose();
        }
    }

    /// <summary>Before anything is told or changed: the ticket alone is worth nothing.</summary>
    private Task<Acceptance> RequireKnown()
    {
        Capabilities.RequireForm();
        if (_owner is { } owner)
            Capabilities.Require(owner.Federation, owner.Participant, owner.PublicKey, keys, time);
        if (_fault is not null)
            throw _fault;
        if (_intake is null)
        {
            DeactivateOnIdle();
            throw Unknown();
        }

        _idle!.Change(options.Timeouts.UploadIdle, Timeout.InfiniteTimeSpan);
        return _intake;
    }

    private void RequirePlace(long offset, int length)
    {
        if (offset < 0 || offset >= _length || offset % Chunks.Bytes != 0)
        {
            throw Refused(
                $"a chunk is said to begin at {offset}; chunks begin at multiples of {Chunks.Bytes} below the update's "
                + $"{_length} bytes",
                "put each chunk of the update once");
        }

        var expected = Chunks.LengthAt(offset, _length);
        if (length != expected)
            throw Refused($"the chunk at {offset} has {length} bytes, not {expected}", "put chunks of their length");
        if (offset < _next || !_pending.Add(offset))
            throw Refused($"the chunk at {offset} came twice", "put each chunk once");
        if (offset >= _next + Chunks.InFlight * Chunks.Bytes)
        {
            throw Refused(
                $"the chunk at {offset} came when the one at {_next} was the next; at most {Chunks.InFlight} may be in "
                + "flight",
                $"wait for the first of {Chunks.InFlight} chunks before the next one is put");
        }
    }

    private async Task WaitForTurnAsync(long offset)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ahead.Add(offset, turn);
        try
        {
            await turn.Task.WaitAsync(options.Timeouts.CallWait, time);
        }
        catch (TimeoutException)
        {
            throw Refused(
                $"the chunk at {offset} waited {options.Timeouts.CallWait.TotalSeconds:0.#} s for the one at {_next}, "
                + "which did not come",
                "put the chunks in their order");
        }
    }

    /// <summary>Waits for the disk, if that is slower than the sender.</summary>
    private async Task WriteAsync(byte[] bytes)
    {
        var flushed = await _pipe.Writer.WriteAsync(bytes, _ended.Token).AsTask()
            .WaitAsync(options.Timeouts.CallWait, time);
        // The intake reads to the end unless something is wrong with the update, and then says what.
        if (flushed.IsCompleted)
            await _intake!;
    }

    private Task AbandonAsync(CancellationToken cancellationToken)
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Nothing more is taken. Whoever asks is told why until the activation ends; the temporary file is gone when this
    /// returns.
    /// </summary>
    private async Task DropAsync(Exception reason)
    {
        if (_fault is not null)
            return;
        _fault = reason;
        foreach (var turn in _ahead.Values)
            turn.TrySetException(reason);
        await _ended.CancelAsync();
        // How it ends is what it was dropped for, or that it was dropped.
        if (_intake is { } taken)
        {
            await ((Task)taken).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        _place?.Dispose();
        if (_idle is null)
            DeactivateOnIdle();
    }

    private static RefusedException Refused(string message, string remedy) =>
        new(RefusalCode.ChunkRefused, message, remedy);

    private static RefusedException Unknown() => new(
        RefusalCode.UnknownUpload,
        "there is no upload with this ticket: it was dropped, is over, or its silo is gone",
        "open an upload of the same update under the same sequence number");
}
