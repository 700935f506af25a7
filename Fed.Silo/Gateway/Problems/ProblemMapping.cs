using Fed.Contracts.Refusals;
using Fed.Core.Blocks;
using Fed.Silo.Hosting;
using Fed.Silo.Storage;

namespace Fed.Silo.Gateway.Problems;

/// <summary>Turns whatever a request failed with into what the client is told.</summary>
public static class ProblemMapping
{
    private const string TryLater = "send the same request again after the time that Retry-After names";

    public static Problem Of(Exception error, string traceId) => error switch
    {
        RefusedException refused => Problem.Of(
            RefusalStatus.Of(refused.Code), RefusalStatus.NameOf(refused.Code), refused.Message, refused.Remedy),
        UpdateFaultException fault => Of(Refusal(fault), traceId),
        BadHttpRequestException bad => OfBadRequest(bad),
        SiloNotReadyException phase => Unavailable(phase.Stopping ? "stopping" : "starting", phase.Message),
        StorageUnavailableException => Unavailable("storageUnavailable", "the server's storage is away"),
        TimeoutException => Unavailable("timeout", "the server did not answer in time"),
        _ when RuntimeFaults.IsPassing(error) => Unavailable("unavailable", "the server could not reach its actors"),
        _ => Problem.Of(
            StatusCodes.Status500InternalServerError,
            "internalError",
            "the server failed in a way that it did not expect; the reason is in its log",
            "send the same request again; if it fails again, tell the operator the traceId",
            traceId),
    };

    /// <summary>A response that some middleware ended with a bare status.</summary>
    public static Problem OfStatus(int status, HttpRequest request) => status switch
    {
        StatusCodes.Status404NotFound => Problem.Of(
            status, "notFound", $"there is nothing at {request.Path}", "see /openapi/v1.json for what there is"),
        StatusCodes.Status405MethodNotAllowed => Problem.Of(
            status, "methodNotAllowed", $"{request.Method} is not possible here", "use a method that Allow names"),
        StatusCodes.Status415UnsupportedMediaType => Problem.Of(
            status,
            "unsupportedMediaType",
            $"the content type is '{request.ContentType}'",
            "use the content type that /openapi/v1.json names for this request"),
        StatusCodes.Status416RangeNotSatisfiable => Problem.Of(
            status,
            "rangeNotSatisfiable",
            $"the range '{request.Headers.Range}' is not within the content",
            "use the length that Content-Range names"),
        _ => Problem.Of(status, "invalidRequest", "the request was refused", "see /openapi/v1.json"),
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

    private static Problem Unavailable(string code, string detail) =>
        Problem.Of(StatusCodes.Status503ServiceUnavailable, code, detail, TryLater);

    private static Problem OfBadRequest(BadHttpRequestException bad) => bad.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => Problem.Of(
            bad.StatusCode, "requestTooLarge", "the body is larger than this request may be", "send less"),
        StatusCodes.Status411LengthRequired => Problem.Of(
            bad.StatusCode, "lengthRequired", bad.Message, "send Content-Length, not a chunked body"),
        StatusCodes.Status408RequestTimeout => Problem.Of(
            bad.StatusCode,
            "requestTooSlow",
            "the request arrived too slowly",
            "use a faster connection, or try again"),
        _ => Problem.Of(bad.StatusCode, "invalidRequest", bad.Message, "see /openapi/v1.json"),
    };
}
