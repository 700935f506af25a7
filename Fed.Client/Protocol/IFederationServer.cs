using System.Security.Cryptography;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;

namespace Fed.Client.Protocol;

/// <summary>
/// What a participant's agent needs of a server, over HTTP (<see cref="FederationClient"/>) or as an Orleans client
/// (<see cref="OrleansFederationClient"/>). It neither retries nor remembers; failures of the network are
/// <see cref="HttpRequestException"/>, <see cref="IOException"/> or <see cref="TimeoutException"/>, answers that are
/// errors are <see cref="ProtocolException"/>.
/// </summary>
public interface IFederationServer : IDisposable
{
    WireCounter Wire { get; }

    /// <summary>Settings, initial model and public key.</summary>
    Task<FederationDescription> DescribeAsync(string federation, CancellationToken cancellationToken);

    Task<Enrolment> EnrolAsync(
        string federation, string participant, EnrolmentRequest request, CancellationToken cancellationToken);

    /// <returns>Null when there was no task within the poll's time.</returns>
    Task<ParticipantTask?> NextTaskAsync(string federation, string participant, CancellationToken cancellationToken);

    /// <param name="key">The participant's; signs the report's bytes.</param>
    Task ReportAsync(
        ECDsa key,
        string federation,
        string participant,
        EvaluationReport report,
        CancellationToken cancellationToken);

    /// <summary>Streams a model into <paramref name="destination"/> and checks that it is what its name says.</summary>
    /// <exception cref="InvalidDataException">The bytes have another hash; they are worth nothing.</exception>
    Task DownloadModelAsync(
        string federation, string sha256, Stream destination, CancellationToken cancellationToken);

    /// <summary>The same of a file whose size is known, going on behind the bytes that are there already.</summary>
    /// <param name="begun">Readable and seekable: the file's first bytes, from whenever they came; it gets the others.
    /// </param>
    /// <param name="length">Of the whole file; no more is read.</param>
    /// <exception cref="InvalidDataException">The whole has another length or hash: its bytes are worth nothing.
    /// </exception>
    Task ContinueModelAsync(
        string federation, string sha256, Stream begun, long length, CancellationToken cancellationToken);

    /// <summary>Sends an update; the same one again is answered with its first receipt.</summary>
    /// <returns>The receipt, and whether this call made it (rather than an earlier one).</returns>
    Task<(Receipt Receipt, bool IsNew)> SendUpdateAsync(
        string federation, string participant, SignedUpdate update, CancellationToken cancellationToken);
}

/// <summary>Every time-out of a participant's connection: two are chosen, the other follows.</summary>
public sealed record ClientTimeouts
{
    /// <summary>How long the server may hold a task poll; the protocol allows 0 to 25 s.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a request may go on without a byte moving before it counts as failed.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For a TCP (and TLS) connection to stand.</summary>
    public TimeSpan Connect => Patience / 3;
}
