using System.Net.Http.Headers;
using System.Text.Json;

namespace Fed.Client.Protocol;

/// <summary>Makes a <see cref="ProtocolException"/> of an answer that is no success, whoever wrote it.</summary>
internal static class ProblemReader
{
    /// <summary>A proxy's error page may be long; a problem is short.</summary>
    private const int MaxBytes = 64 << 10;

    public static async Task<ProtocolException> ReadAsync(
        HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var wait = WaitOf(response.Headers.RetryAfter, time);
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
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
