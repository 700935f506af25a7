using Fed.Contracts.Federations;
using Orleans;
using Orleans.Concurrency;

namespace Fed.Contracts.Participants;

/// <summary>
/// What participants that are Orleans clients ask: the protocol of docs/protocol.md, call for call. With each call but
/// <see cref="Describe"/> goes a <see cref="Wire.Capability"/>. Errors are <see cref="Refusals.ProblemException"/>.
/// Beside it and <see cref="IUpdateUploadGrain"/>, clients reach no actor.
/// </summary>
[Alias("fed.IParticipantGatewayGrain")]
public interface IParticipantGatewayGrain : IGrainWithIntegerKey
{
    /// <summary>The one key there is: every silo answers it itself.</summary>
    public const long Key = 0;

    [Alias("Describe")]
    Task<FederationDescription> Describe(string federation);

    /// <summary>The capability is signed with the key that the request names.</summary>
    [Alias("Enrol")]
    Task<Enrolment> Enrol(string federation, string participant, EnrolmentRequest request);

    /// <returns>Null when there was no task within the wait, which is cut to a few seconds: ask again.</returns>
    [Alias("NextTask")]
    Task<ParticipantTask?> NextTask(string federation, string participant, TimeSpan wait);

    /// <param name="json">An <see cref="EvaluationReport"/>, the bytes that were signed.</param>
    /// <param name="signature">Base64, of <see cref="Wire.WireFormat.EvaluationText"/>.</param>
    [Alias("Report")]
    Task Report(string federation, string participant, [Immutable] byte[] json, string signature);

    [Alias("FindReceipt")]
    Task<ReceiptStanding> FindReceipt(string federation, string participant, long sequence);

    /// <summary>All that can be refused before the first byte is. Nothing is kept of who goes away then.</summary>
    [Alias("OpenUpload")]
    Task<OpenedUpload> OpenUpload(string federation, ContributionOffer offer);

    /// <summary>A piece of a model, from any offset: nothing is open between two calls.</summary>
    /// <param name="length">1 to <see cref="Chunks.Bytes"/>; the last piece is shorter.</param>
    [Alias("ReadModel")]
    Task<ModelChunk> ReadModel(string federation, string participant, string sha256, long offset, int length);
}

/// <summary>
/// Key: an upload's ticket, which nobody can guess. The update arrives in chunks of <see cref="Chunks.Bytes"/>, the
/// last one shorter, up to <see cref="Chunks.InFlight"/> at a time; it is validated while it arrives. What is wrong
/// ends the upload, and so does a silo's death: the ticket is unknown then, and the update is sent again.
/// </summary>
[Alias("fed.IUpdateUploadGrain")]
public interface IUpdateUploadGrain : IGrainWithStringKey
{
    /// <summary>Returns when all before it and the chunk itself are on their way to storage.</summary>
    [Alias("Put")]
    Task Put(long offset, [Immutable] byte[] bytes);

    /// <returns>Null: it is being stored; ask again. Asking again later gives the same answer.</returns>
    [Alias("Complete")]
    Task<Acceptance?> Complete();
}

/// <summary>How tensors travel in messages of actors: never whole.</summary>
public static class Chunks
{
    public const int Bytes = 256 << 10;

    public const int InFlight = 4;

    /// <summary>Of the chunk at an offset of something that is <paramref name="length"/> bytes long.</summary>
    public static int LengthAt(long offset, long length) => (int)Math.Min(Bytes, length - offset);
}

/// <param name="Ticket">Key of the upload; empty if there is nothing to send.</param>
/// <param name="First">The receipt, if the update was accepted before.</param>
[GenerateSerializer, Immutable, Alias("fed.opened-upload")]
public sealed record OpenedUpload([property: Id(0)] string Ticket, [property: Id(1)] Receipt? First);

/// <param name="Length">Of the whole model.</param>
[GenerateSerializer, Immutable, Alias("fed.model-chunk")]
public sealed record ModelChunk([property: Id(0)] long Length, [property: Id(1)] byte[] Bytes);

/// <summary>What became of a contribution that was accepted.</summary>
/// <param name="Version">Null while it is pending, and when it is unused.</param>
[GenerateSerializer, Immutable, Alias("fed.receipt-standing")]
public sealed record ReceiptStanding(
    [property: Id(0)] Receipt Receipt,
    [property: Id(1)] ReceiptState State,
    [property: Id(2)] ConsumingVersion? Version);

/// <summary>Where a contribution that was accepted stands.</summary>
public enum ReceiptState
{
    /// <summary>In the cluster's ledger: the next fold may consume it.</summary>
    Pending = 0,

    /// <summary>Merged into a version.</summary>
    Consumed = 1,

    /// <summary>Trained from what a rollback withdrew: no version merges it.</summary>
    Quarantined = 2,

    /// <summary>Accepted too late: the federation finished before a version consumed it.</summary>
    Unused = 3,
}

/// <summary>Whose manifest names the receipt.</summary>
[GenerateSerializer, Immutable, Alias("fed.consuming-version")]
public sealed record ConsumingVersion(
    [property: Id(0)] string Tier,
    [property: Id(1)] long Number,
    [property: Id(2)] string Kind,
    [property: Id(3)] string ManifestSha256);
