using System.Text;
using System.Text.Json;
using Fed.Contracts.Refusals;

namespace Fed.Contracts.Wire;

/// <summary>The names and texts of docs/protocol.md that both ends of a connection must spell alike.</summary>
public static class WireFormat
{
    /// <summary>ECDSA P-256 over SHA-256 of a text below, IEEE P1363 form, base64.</summary>
    public const string SignatureHeader = "Fed-Signature";

    /// <summary>SHA-256 of the model that an update was trained from.</summary>
    public const string BaseModelHeader = "Fed-Base-Model";

    /// <summary>RFC 9530.</summary>
    public const string DigestHeader = "Content-Digest";

    public const string UpdateType = "application/vnd.fedhier.update";

    /// <summary>RFC 9457.</summary>
    public const string ProblemType = "application/problem+json";

    /// <summary>What is signed of an update.</summary>
    /// <param name="sha256">Of its bytes, lower-case hex.</param>
    public static byte[] UpdateText(string federation, string participant, long sequence, string sha256) =>
        Encoding.ASCII.GetBytes($"fed-update-v1\n{federation}\n{participant}\n{sequence}\n{sha256}");

    /// <summary>What is signed of an evaluation.</summary>
    /// <param name="sha256">Of the body, lower-case hex.</param>
    public static byte[] EvaluationText(string federation, string participant, string sha256) =>
        Encoding.ASCII.GetBytes($"fed-evaluation-v1\n{federation}\n{participant}\n{sha256}");

    /// <summary>The property <c>code</c> of a refusal's problem.</summary>
    public static string CodeOf(RefusalCode refusal) => JsonNamingPolicy.CamelCase.ConvertName(refusal.ToString());
}
