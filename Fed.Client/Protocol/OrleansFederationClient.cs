using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Wire;
using Orleans.Runtime;

namespace Fed.Client.Protocol;

/// <summary>
/// The participant protocol over Microsoft.Orleans.Client, one call a method: the same answers and errors as over HTTP.
/// Tensors travel in chunks, a few at a time.
/// </summary>
/// <param name="participant">Who it is; <paramref name="key"/> signs that it is.</param>
/// <param name="tls">Null: without, as silos listen that were told of no certificate.</param>
/// <param name="onSend">Sees every byte of updates and reports before it leaves.</param>
public sealed class OrleansFederationClient(
    OrleansGateways gateways,
    string participant,
    ECDsa key,
    TimeProvider? time = null,
    ClientTimeouts? timeouts = null,
    Action<ReadOnlyMemory<byte>>? onSend = null,
    MutualTls? tls = null) : IFederationServer
{
    /// <summary>A piece of a model is asked for again so often, from where the last one ended.</summary>
    private const int PieceAttempts = 4;

    /// <summary>Long enough for a call, and no longer.</summary>
    private static readonly TimeSpan CapabilityLife = TimeSpan.FromMinutes(2);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ClientTimeouts _timeouts = timeouts ?? new ClientTimeouts();
    private readonly OrleansConnection _connection = new(gateways, timeouts ?? new ClientTimeouts(), tls);

    /// <summary>Bytes of models, updates and reports; Orleans' own are not counted.</summary>
    public WireCounter Wire { get; } = new();

    public Task<FederationDescription> DescribeAsync(string federation, CancellationToken cancellationToken) =>
        CallAsync(federation, participant, gateway => gateway.Describe(federation), cancellationToken);

    public Task<Enrolment> EnrolAsync(
        string federation, string participant, EnrolmentRequest request, CancellationToken cancellationToken) =>
        CallAsync(
            federation,
            participant,
            gateway => gateway.Enrol(federation, participant, request),
            cancellationToken);

    public async Task<ParticipantTask?> NextTaskAsync(
        string federation, string participant, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        while (true)
        {
            var left = _timeouts.Poll - _time.GetElapsedTime(began);
            var task = await CallAsync(
                federation,
                participant,
                gateway => gateway.NextTask(federation, participant, left),
                cancellationToken);
            if (task is not null || _time.GetElapsedTime(began) >= _timeouts.Poll)
                return task;
        }
    }

    public Task ReportAsync(
        ECDsa key,
        string federation,
        string participant,
        EvaluationReport report,
        CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(report, FedJson.Options);
        var signature = SignedUpdate.SignEvaluation(key, federation, participant, json);
        Note(json);
        return CallAsync(
            federation,
            participant,
            async gateway =>
            {
                await gateway.Report(federation, participant, json, signature);
                return true;
            },
            cancellationToken);
    }

    public async Task DownloadModelAsync(
        string federation, string sha256, Stream destination, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var piece in PiecesAsync(federation, sha256, from: 0, cancellationToken))
        {
            hash.AppendData(piece.Bytes);
            await destination.WriteAsync(piece.Bytes, cancellationToken);
        }

        var found = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (found != sha256)
            throw new InvalidDataException($"the server sent a model with SHA-256 {found} under the name {sha256}");
    }

    public async Task ContinueModelAsync(
        string federation, string sha256, Stream begun, long length, CancellationToken cancellationToken)
    {
        using var file = new BegunFile(begun, sha256, length);
        await file.ReadAsync(cancellationToken);
        if (!file.IsWhole)
        {
            await foreach (var piece in PiecesAsync(federation, sha256, file.Written, cancellationToken))
            {
                file.Require(piece.Length, exactly: true);
                await file.AppendAsync(piece.Bytes, cancellationToken);
            }
        }

        file.RequireWhole();
    }

    public async Task<(Receipt Receipt, bool IsNew)> SendUpdateAsync(
        string federation, string participant, SignedUpdate update, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(update.File, FileMode.Open, FileAccess.Read, FileShare.Read);
        var offer = new ContributionOffer(
            participant,
            update.Sequence,
            update.Sha256,
            file.Length,
            await SignedUpdate.ReadBaseModelAsync(file, cancellationToken),
            ContributionOffer.NotYetKnown,
            update.Signature);
        var opened = await CallAsync(
            federation, participant, gateway => gateway.OpenUpload(federation, offer), cancellationToken);
        if (opened.First is { } first)
            return (first, false);
        var client = await _connection.GetAsync(cancellationToken);
        var upload = client.GetGrain<IUpdateUploadGrain>(opened.Ticket);
        await PutAllAsync(
            file,
            (offset, chunk) =>
            {
                Show(federation, participant);
                return upload.Put(offset, chunk);
            },
            cancellationToken);
        while (true)
        {
            Show(federation, participant);
            if (await AnswerAsync(upload.Complete(), cancellationToken) is { } acceptance)
                return (acceptance.Receipt, acceptance.IsNew);
        }
    }

    public void Dispose() => _connection.Dispose();

    private async Task PutAllAsync(
        FileStream file, Func<long, byte[], Task> put, CancellationToken cancellationToken)
    {
        var flight = new Queue<Task<bool>>();
        var length = file.Length;
        for (var offset = 0L; offset < length; offset += Chunks.Bytes)
        {
            if (flight.Count == Chunks.InFlight)
                await TakeAsync(flight);
            // Its own array each: it is Orleans' until the call has ended.
            var chunk = new byte[Chunks.LengthAt(offset, length)];
            await file.ReadExactlyAsync(chunk, cancellationToken);
            Note(chunk);
            flight.Enqueue(PutAsync(put, offset, chunk, cancellationToken));
        }

        while (flight.Count > 0)
            await TakeAsync(flight);
    }

    private static async Task<bool> PutAsync(
        Func<long, byte[], Task> put, long offset, byte[] chunk, CancellationToken cancellationToken) =>
        await AnswerAsync(
            Async(async () =>
            {
                await put(offset, chunk);
                return true;
            }),
            cancellationToken);

    /// <summary>Waits for the oldest; if that fails, for the others too, since none may be forgotten.</summary>
    private static async Task<T> TakeAsync<T>(Queue<Task<T>> flight)
    {
        try
        {
            return await flight.Dequeue();
        }
        catch
        {
            await ((Task)Task.WhenAll(flight)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>A model's bytes in their order, from one of them on.</summary>
    private async IAsyncEnumerable<ModelChunk> PiecesAsync(
        string federation, string sha256, long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (asked, written, length) = (from, from, from + Chunks.Bytes);
        var flight = new Queue<Task<ModelChunk>>();
        while (written < length)
        {
            // The first piece tells the length; then several are on their way.
            while (asked < length && flight.Count < (written == from ? 1 : Chunks.InFlight))
            {
                flight.Enqueue(PieceAsync(federation, sha256, asked, cancellationToken));
                asked += Chunks.Bytes;
            }

            var piece = await TakeAsync(flight);
            length = piece.Length;
            if (piece.Bytes.Length != Chunks.LengthAt(written, length))
                throw new InvalidDataException($"the server sent {piece.Bytes.Length} bytes of a model at {written}");
            Wire.Received(piece.Bytes.Length);
            written += piece.Bytes.Length;
            yield return piece;
        }
    }

    private async Task<ModelChunk> PieceAsync(
        string federation, string sha256, long offset, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await CallAsync(
                    federation,
                    participant,
                    gateway => gateway.ReadModel(federation, participant, sha256, offset, Chunks.Bytes),
                    cancellationToken);
            }
            catch (IOException) when (attempt < PieceAttempts)
            {
                // The gateway was lost; another one may be there, or the same again soon.
                await Task.Delay(TimeSpan.FromSeconds(attempt), _time, cancellationToken);
            }
        }
    }

    private async Task<T> CallAsync<T>(
        string federation,
        string participant,
        Func<IParticipantGatewayGrain, Task<T>> call,
        CancellationToken cancellationToken)
    {
        var client = await _connection.GetAsync(cancellationToken);
        Show(federation, participant);
        return await AnswerAsync(
            call(client.GetGrain<IParticipantGatewayGrain>(IParticipantGatewayGrain.Key)), cancellationToken);
    }

    /// <summary>Who calls, for the next call of this flow.</summary>
    private void Show(string federation, string participant) => RequestContext.Set(
        Capability.Key,
        Capability.Sign(key, federation, participant, _time.GetUtcNow(), CapabilityLife).ToString());

    /// <summary>The answer, or the error in the words of the HTTP client.</summary>
    private static async Task<T> AnswerAsync<T>(Task<T> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call.WaitAsync(cancellationToken);
        }
        catch (ProblemException problem) when (problem.Code == WireFormat.CodeOf(RefusalCode.UnknownUpload))
        {
            throw new IOException($"the upload broke off: {problem.Message}", problem);
        }
        catch (ProblemException problem)
        {
            throw new ProtocolException(
                (HttpStatusCode)problem.Status, problem.Code, problem.Message, problem.Remedy, problem.RetryAfter);
        }
        catch (Exception absent) when (
            !cancellationToken.IsCancellationRequested && OrleansConnection.IsAbsence(absent))
        {
            throw new IOException($"the silo went away: {absent.Message}", absent);
        }
    }

    private static Task<T> Async<T>(Func<Task<T>> call) => call();

    private void Note(byte[] bytes)
    {
        Wire.Sent(bytes.Length);
        onSend?.Invoke(bytes);
    }
}
