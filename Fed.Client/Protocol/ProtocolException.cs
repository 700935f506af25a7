using System.Net;

namespace Fed.Client.Protocol;

/// <summary>The server has answered, and the answer is an error (problem+json, docs/protocol.md).</summary>
/// <param name="status">HTTP status of the answer.</param>
/// <param name="code">Stable code, for example <c>tooStale</c>; <c>http404</c> and the like when the answer had
/// none.</param>
/// <param name="detail">What was wrong, the value, the bound.</param>
/// <param name="remedy">What to do about it.</param>
/// <param name="retryAfter">How long the server asks to wait, if it said so.</param>
public sealed class ProtocolException(
    HttpStatusCode status, string code, string detail, string remedy, TimeSpan? retryAfter = null)
    : Exception($"{detail} ({code}); {remedy}")
{
    public HttpStatusCode Status { get; } = status;

    public string Code { get; } = code;

    public string Detail { get; } = detail;

    public string Remedy { get; } = remedy;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>True when the same request may succeed later: the server failed, is away, or asks for
    /// patience.</summary>
    public bool IsPassing => (int)Status >= 500
        || Status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;
}
