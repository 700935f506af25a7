using Fed.Contracts.Refusals;
using Fed.Contracts.Wire;
using Fed.Core.Blocks;
using Fed.Silo.Storage;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Orleans.Runtime;

namespace Fed.Silo.Gateway;

/// <summary>An error as RFC 9457 has it, with a stable code and what to do about it (docs/protocol.md).</summary>
public sealed class Problem : ProblemDetails
{
    public const string ContentType = WireFormat.ProblemType;

    /// <summary>Stable: programs may depend on it.</summary>
    public required string Code { get; init; }

    /// <summary>What the caller can do.</summary>
    public required string Remedy { get; init; }
}

/// <summary>
/// The table of docs/protocol.md: whatever a request can fail with, and the status, code and remedy that are told.
/// </summary>
public static class ProblemTable
{
    private const string TryLater = "send the same request again after the time that Retry-After names";

    /// <summary>What the server says before any actor is asked. Other statuses are invalid requests.</summary>
    private static readonly Dictionary<int, (string Code, string Remedy)> Statuses = new()
    {
        [403] = ("loopbackOnly", "send it on the server's machine, to 127.0.0.1, without a proxy"),
        [404] = ("notFound", "see /openapi/v1.json for what there is"),
        [405] = ("methodNotAllowed", "use a method that Allow names"),
        [408] = ("requestTooSlow", "use a faster connection, or try again"),
        [411] = ("lengthRequired", "send Content-Length, not a chunked body"),
        [413] = ("requestTooLarge", "send less"),
        [414] = ("uriTooLong", "send a shorter path and query"),
        [415] = (
            "unsupportedMediaType",
            "use the content type that /openapi/v1.json names for this request, and no content encoding"),
        [416] = ("rangeNotSatisfiable", "use the length that Content-Range names"),
        [429] = ("tooManyRequests", "send the same request again after the time that Retry-After names"),
        [431] = ("headersTooLarge", "send fewer or shorter headers"),
        [505] = ("httpVersionUnsupported", "use HTTP/1.1"),
    };

    /// <summary>Codes of a server that fails (500), or cannot serve now (503).</summary>
    private static readonly (int Status, string Code)[] Failures =
    [
        (500, "internalError"), (503, "starting"), (503, "stopping"), (503, "storageUnavailable"), (503, "timeout"),
        (503, "unavailable"),
    ];

    /// <summary>Every status and code that an answer can have.</summary>
    public static IEnumerable<(int Status, string Code)> All =>
    [
        .. Enum.GetValues<RefusalCode>().Select(code => (StatusOf(code), NameOf(code))),
        .. Statuses.Select(row => (row.Key, row.Value.Code)),
        .. Failures,
    ];

    public static Problem Of(Exception error, HttpContext? context = null) => error switch
    {
        RefusedException refused =>
            Make(StatusOf(refused.Code), NameOf(refused.Code), refused.Message, refused.Remedy),
        UpdateFaultException fault =>
            Make(StatusOf(CodeOf(fault.Fault)), NameOf(CodeOf(fault.Fault)), fault.Message, fault.Remedy),
        BadHttpRequestException bad => OfStatus(bad.StatusCode, DetailOf(bad, context)),
        ThrottledException throttled => OfStatus(429, throttled.Message),
        SiloNotReadyException phase => Passing(phase.Stopping ? "stopping" : "starting", phase.Message),
        _ when StorageFaults.IsOfStorage(error) => OfStorage(StorageFaults.Of(error)),
        TimeoutException => Passing("timeout", "the server did not answer in time"),
        // An actor that is moving, a write that was raced.
        OrleansException => Passing("unavailable", "the server could not reach its actors"),
        _ => Make(
            500,
            "internalError",
            "the server failed in a way that it did not expect; the reason is in its log",
            "send the same request again; if it fails again, tell the operator the traceId"),
    };

    /// <summary>A status that is no actor's refusal.</summary>
    public static Problem OfStatus(int status, string detail) => Statuses.TryGetValue(status, out var row)
        ? Make(status, row.Code, detail, row.Remedy)
        : Make(status, NameOf(RefusalCode.InvalidRequest), detail, "see /openapi/v1.json");

    private static int StatusOf(RefusalCode code) => code switch
    {
        RefusalCode.SignatureInvalid or RefusalCode.NotEnrolled or RefusalCode.CapabilityInvalid => 401,

        RefusalCode.ParticipantSuspended or RefusalCode.NotForClients => 403,

        RefusalCode.UnknownFederation or RefusalCode.UnknownParticipant or RefusalCode.UnknownCluster
            or RefusalCode.UnknownModel or RefusalCode.UnknownVersion or RefusalCode.UnknownReceipt
            or RefusalCode.UnknownUpload => 404,

        RefusalCode.FederationExists or RefusalCode.FederationFinished or RefusalCode.SequenceConflict
            or RefusalCode.SequenceGap or RefusalCode.UnknownBaseVersion or RefusalCode.TooStale
            or RefusalCode.RoundClosed or RefusalCode.AlreadyContributed or RefusalCode.VersionWithdrawn
            or RefusalCode.VersionCollected or RefusalCode.StorageDamaged => 409,

        RefusalCode.UpdateTooLarge => 413,

        _ => 400,
    };

    /// <summary>The code on the wire: the enum's name in camelCase.</summary>
    private static string NameOf(RefusalCode code) => WireFormat.CodeOf(code);

    private static RefusalCode CodeOf(UpdateFault fault) => fault switch
    {
        UpdateFault.TooLarge => RefusalCode.UpdateTooLarge,
        UpdateFault.Truncated => RefusalCode.UpdateTruncated,
        UpdateFault.LayoutMismatch => RefusalCode.LayoutMismatch,
        UpdateFault.CodecNotAllowed => RefusalCode.CodecNotAllowed,
        UpdateFault.ChecksumMismatch => RefusalCode.ChecksumMismatch,
        UpdateFault.NotFinite => RefusalCode.NotFinite,
        UpdateFault.BeyondBound => RefusalCode.BeyondBound,
        _ => RefusalCode.UpdateMalformed,
    };

    /// <summary>What the caller can do is wait; whoever reads it may know the operator.</summary>
    private static Problem OfStorage(StorageFault fault)
    {
        var (detail, mend) = fault switch
        {
            StorageFault.Full => ("the server's storage is full", "frees space in it"),
            StorageFault.Denied => (
                "the server may not read or write its storage",
                "gives the silo's user the right to, files included"),
            StorageFault.ReadOnly => ("the server's storage is read-only", "makes it writable again"),
            StorageFault.Failing => ("the server's storage reports errors", "looks at its log and the system's, and mends it"),
            StorageFault.Locked => (
                "another process holds the server's state file", "ends the process that has grains.sqlite open"),
            StorageFault.Damaged => ("the server's stored data are damaged", "restores them from a backup"),
            _ => ("the server's storage is away", "brings it back as it was"),
        };
        return Make(
            503,
            "storageUnavailable",
            detail,
            $"{TryLater}; it succeeds once the operator {mend}, and the server then goes on by itself");
    }

    /// <summary>Ours say it themselves; some of Kestrel's are better said with their bound.</summary>
    private static string DetailOf(BadHttpRequestException bad, HttpContext? context) => bad.StatusCode switch
    {
        408 => "the request arrived too slowly",
        413 => context?.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize is { } most
            ? $"the body is larger than the {most} bytes that this request may have"
            : "the body is larger than this request may be",
        414 => $"the request line is longer than {HeadLimits.LineBytes} bytes",
        431 => $"the headers are more than {HeadLimits.Headers}, or together than {HeadLimits.HeaderBytes} bytes",
        _ => bad.Message,
    };

    private static Problem Passing(string code, string detail) => Make(503, code, detail, TryLater);

    private static Problem Make(int status, string code, string detail, string remedy) => new()
    {
        Type = $"urn:fedhier:problem:{code}",
        Title = ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Error",
        Status = status,
        Detail = detail,
        Code = code,
        Remedy = remedy,
    };
}
