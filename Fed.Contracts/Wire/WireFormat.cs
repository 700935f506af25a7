using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fed.Contracts.Keys;
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

    /// <summary>What is signed of a capability.</summary>
    /// <param name="issued">Seconds since 1970; so is <paramref name="expires"/>.</param>
    public static byte[] CapabilityText(string federation, string participant, long issued, long expires) =>
        Encoding.ASCII.GetBytes($"fed-capability-v1\n{Service}\n{federation}\n{participant}\n{issued}\n{expires}");

    /// <summary>Service and cluster of Orleans: silos and clients that name another one are not heard.</summary>
    public const string Service = "fedhier";

    /// <summary>The property <c>code</c> of a refusal's problem.</summary>
    public static string CodeOf(RefusalCode refusal) => JsonNamingPolicy.CamelCase.ConvertName(refusal.ToString());
}

/// <summary>
/// Who calls, as an Orleans client says it with each call: signed with the participant's key, and short-lived, since
/// whoever sees it can use it.
/// </summary>
/// <param name="Issued">Seconds since 1970.</param>
/// <param name="Expires">The same; at most <see cref="Longest"/> later.</param>
/// <param name="Signature">Of <see cref="WireFormat.CapabilityText"/>.</param>
public sealed record Capability(long Issued, long Expires, byte[] Signature)
{
    /// <summary>Its name in the context of a call.</summary>
    public const string Key = "fed-capability";

    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>How far the clocks of client and server may be apart.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    public static Capability Sign(
        ECDsa key, string federation, string participant, DateTimeOffset now, TimeSpan lifetime)
    {
        var (issued, expires) = (now.ToUnixTimeSeconds(), (now + lifetime).ToUnixTimeSeconds());
        var text = WireFormat.CapabilityText(federation, participant, issued, expires);
        return new Capability(issued, expires, Signatures.Sign(key, text));
    }

    /// <summary>Null: not of the form that <see cref="ToString"/> has.</summary>
    public static Capability? Parse(string? text)
    {
        var signature = new byte[Signatures.Bytes];
        return text?.Split('.') is [var issued, var expires, var base64]
            && IsTime(issued, out var from) && IsTime(expires, out var to)
            && Convert.TryFromBase64String(base64, signature, out var length) && length == signature.Length
            ? new Capability(from, to, signature)
            : null;
    }

    public override string ToString() => $"{Issued}.{Expires}.{Convert.ToBase64String(Signature)}";

    private static bool IsTime(string text, out long seconds) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds);
}
