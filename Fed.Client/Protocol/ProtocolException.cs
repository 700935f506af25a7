using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Fed.Contracts.Refusals;
using Fed.Contracts.Wire;

namespace Fed.Client.Protocol;

/// <summary>The server has answered, and the answer is an error (problem+json, docs/protocol.md).</summary>
/// <param name="status">HTTP status of the answer.</param>
/// <param name="code">Stable code, for example <c>tooStale</c>; <c>http404</c> and the like when the answer
/// had none.</param>
/// <param name="detail">What was wrong, the value, the bound.</param>
/// <param name="remedy">What to do about it.</param>
/// <param name="retryAfter">How long the server asks to wait, if it said so.</param>
public sealed class ProtocolException(
    HttpStatusCode status, string code, string detail, string remedy, TimeSpan? retryAfter = null)
    : Exception($"{detail} ({code}); {remedy}")
{
    private static readonly Dictionary<string, RefusalCode> Refusals =
        Enum.GetValues<RefusalCode>().ToDictionary(WireFormat.CodeOf);

    public HttpStatusCode Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>The code as the server's own enum has it; null for one that is not among them.</summary>
    public RefusalCode? Refusal { get; } = Refusals.TryGetValue(code, out var refusal) ? refusal : null;

    public string Detail { get; } = detail;

    public string Remedy { get; } = remedy;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>
    /// True when the same request may succeed later: the server failed, is away, or asks for patience.
    /// </summary>
    public bool IsPassing => (int)Status >= 500
        || Status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;
}

/// <summary>Makes a <see cref="ProtocolException"/> of an answer that is no success, whoever wrote it.</summary>
internal static class ProblemReader
{
    /// <summary>A proxy's error page may be long; a problem is short.</summary>
    private const int MaxBytes = 64 << 10;

    public static async Task<ProtocolException> ReadAsync(
        HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var wait = WaitOf(response.Headers.RetryAfter, time);
        if (response.Content.Headers.ContentType?.MediaType == WireFormat.ProblemType)
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var bytes = new byte[MaxBytes];
            var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            if (Parse(response, bytes.AsMemory(0, length), wait) is { } problem)
                return problem;
        }

        return new ProtocolException(
            response.StatusCode,
            $"http{(int)response.StatusCode}",
            $"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode} {response.ReasonPhrase}",
            "check that --server names a FedHier silo",
            wait);
    }

    private static ProtocolException? Parse(HttpResponseMessage response, ReadOnlyMemory<byte> json, TimeSpan? wait)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var problem = document.RootElement;
            return new ProtocolException(
                response.StatusCode,
                Text(problem, "code") ?? $"http{(int)response.StatusCode}",
                Text(problem, "detail") ?? Text(problem, "title") ?? "the server gave no reason",
                Text(problem, "remedy") ?? "see the server's log",
                wait);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement problem, string name) =>
        problem.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static TimeSpan? WaitOf(RetryConditionHeaderValue? header, TimeProvider time) =>
        header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
}
