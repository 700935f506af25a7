using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fed.Contracts;
using Microsoft.AspNetCore.WebUtilities;

namespace Fed.Silo.Gateway.Problems;

/// <summary>An error as RFC 9457 has it, with a stable code and what to do about it (docs/protocol.md).</summary>
/// <param name="Type"><c>urn:fedhier:problem:CODE</c>.</param>
/// <param name="Detail">What was wrong, the value, the bound.</param>
/// <param name="Code">Stable: programs may depend on it.</param>
/// <param name="Remedy">What the caller can do.</param>
/// <param name="TraceId">Of a failure of the server: what to look for in its log.</param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    string Remedy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TraceId = null)
{
    public const string ContentType = "application/problem+json";

    /// <summary>
    /// Quotation marks as they are: this JSON is read by people in terminals and never stands in HTML.
    /// </summary>
    public static JsonSerializerOptions Json { get; } =
        new(FedJson.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Problem Of(ProblemKind kind, string detail, string remedy, string? traceId = null) => new(
        $"urn:fedhier:problem:{kind.Code}", TitleOf(kind.Status), kind.Status, detail, kind.Code, remedy, traceId);

    private static string TitleOf(int status)
    {
        var phrase = ReasonPhrases.GetReasonPhrase(status);
        return phrase.Length > 0 ? phrase : "Error";
    }
}
