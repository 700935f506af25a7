using Fed.Contracts.Refusals;
using Fed.Core.Blocks;
using Fed.Silo.Hosting;
using Fed.Silo.Storage;

namespace Fed.Silo.Gateway.Problems;

/// <summary>Turns whatever a request failed with into what the client is told.</summary>
public static class ProblemMapping
{
    private const string TryLater = "send the same request again after the time that Retry-After names";

    private static readonly ProblemKind Invalid = ProblemKind.Of(RefusalCode.InvalidRequest);

    public static Problem Of(Exception error, string traceId) => error switch
    {
        RefusedException refused => Problem.Of(ProblemKind.Of(refused.Code), refused.Message, refused.Remedy),
        UpdateFaultException fault => Of(Refusal(fault), traceId),
        BadHttpRequestException bad => OfBadRequest(bad),
        SiloNotReadyException phase => Problem.Of(
            phase.Stopping ? ProblemKind.Stopping : ProblemKind.Starting, phase.Message, TryLater),
        _ when StorageUnavailableException.Find(error) is { } storage => OfStorage(storage.Fault),
        TimeoutException => Problem.Of(ProblemKind.Timeout, "the server did not answer in time", TryLater),
        _ when RuntimeFaults.IsPassing(error) => Problem.Of(
            ProblemKind.ActorsUnavailable, "the server could not reach its actors", TryLater),
        _ => Problem.Of(
            ProblemKind.InternalError,
            "the server failed in a way that it did not expect; the reason is in its log",
            "send the same request again; if it fails again, tell the operator the traceId",
            traceId),
    };

    /// <summary>A response that some middleware ended with a bare status.</summary>
    public static Problem OfStatus(int status, HttpRequest request) => status switch
    {
        StatusCodes.Status404NotFound => Problem.Of(
            ProblemKind.NotFound, $"there is nothing at {request.Path}", "see /openapi/v1.json for what there is"),
        StatusCodes.Status405MethodNotAllowed => Problem.Of(
            ProblemKind.MethodNotAllowed, $"{request.Method} is not possible here", "use a method that Allow names"),
        StatusCodes.Status415UnsupportedMediaType => Problem.Of(
            ProblemKind.UnsupportedMediaType,
            $"the content type is '{request.ContentType}'",
            "use the content type that /openapi/v1.json names for this request"),
        StatusCodes.Status416RangeNotSatisfiable => Problem.Of(
            ProblemKind.RangeNotSatisfiable,
            $"the range '{request.Headers.Range}' is not within the content",
            "use the length that Content-Range names"),
        _ => Problem.Of(Invalid with { Status = status }, "the request was refused", "see /openapi/v1.json"),
    };

    public static RefusedException Refusal(UpdateFaultException fault) => new(
        fault.Fault switch
        {
            UpdateFault.TooLarge => RefusalCode.UpdateTooLarge,
            UpdateFault.Truncated => RefusalCode.UpdateTruncated,
            UpdateFault.LayoutMismatch => RefusalCode.LayoutMismatch,
            UpdateFault.CodecNotAllowed => RefusalCode.CodecNotAllowed,
            UpdateFault.ChecksumMismatch => RefusalCode.ChecksumMismatch,
            UpdateFault.NotFinite => RefusalCode.NotFinite,
            UpdateFault.BeyondBound => RefusalCode.BeyondBound,
            _ => RefusalCode.UpdateMalformed,
        },
        fault.Message,
        fault.Remedy);

    /// <summary>The caller can but wait; whoever reads it may know the operator.</summary>
    private static Problem OfStorage(StorageFault fault)
    {
        var (detail, mend) = fault switch
        {
            StorageFault.Full => ("the server's disk is full", "frees space on the disk of the data folder"),
            StorageFault.Denied => (
                "the server may not read or write its data folder",
                "gives the silo's user the right to, files included"),
            StorageFault.ReadOnly => ("the server's data folder is read-only", "makes it writable again"),
            StorageFault.Failing => ("the server's disk reports errors", "looks at the system's log, and replaces it"),
            StorageFault.Locked => (
                "another process holds the server's state file", "ends the process that has grains.sqlite open"),
            StorageFault.Damaged => ("the server's stored data are damaged", "restores them from a backup"),
            _ => ("the server's storage is away", "brings the data folder back as it was"),
        };
        return Problem.Of(
            ProblemKind.StorageUnavailable,
            detail,
            $"{TryLater}; it succeeds once the operator {mend}, and the server then goes on by itself");
    }

    private static Problem OfBadRequest(BadHttpRequestException bad) => bad.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => Problem.Of(
            ProblemKind.RequestTooLarge, "the body is larger than this request may be", "send less"),
        StatusCodes.Status411LengthRequired => Problem.Of(
            ProblemKind.LengthRequired, bad.Message, "send Content-Length, not a chunked body"),
        StatusCodes.Status415UnsupportedMediaType => Problem.Of(
            ProblemKind.UnsupportedMediaType,
            bad.Message,
            "use the content type that /openapi/v1.json names for this request, and no content encoding"),
        StatusCodes.Status408RequestTimeout => Problem.Of(
            ProblemKind.RequestTooSlow,
            "the request arrived too slowly",
            "use a faster connection, or try again"),
        _ => Problem.Of(Invalid with { Status = bad.StatusCode }, bad.Message, "see /openapi/v1.json"),
    };
}
