using System.Text.RegularExpressions;
using Fed.Contracts.Refusals;

namespace Fed.Silo.Gateway.Updates;

/// <summary>
/// The Content-Digest header (RFC 9530): a structured dictionary of which we need the sha-256 member.
/// </summary>
public static partial class ContentDigest
{
    private const int Bytes = 32;

    /// <returns>The 32 bytes that the client claims the body's SHA-256 to be.</returns>
    /// <exception cref="RefusedException">Missing, or not of the form.</exception>
    public static byte[] Parse(string? header)
    {
        if (string.IsNullOrEmpty(header))
            throw Invalid("the header Content-Digest is missing");
        var member = Sha256Member().Match(header);
        var digest = new byte[Bytes];
        return member.Success
            && Convert.TryFromBase64String(member.Groups[1].Value, digest, out var written) && written == Bytes
            ? digest
            : throw Invalid("the header Content-Digest has no valid sha-256 member");
    }

    private static RefusedException Invalid(string message) =>
        new(RefusalCode.InvalidRequest, message, "send Content-Digest: sha-256=:BASE64: with the SHA-256 of the body");

    // 32 bytes are 43 base64 digits and one '='.
    [GeneratedRegex("(?:^|,)[ \t]*sha-256=:([A-Za-z0-9+/]{43}=):[ \t]*(?:$|[,;])")]
    private static partial Regex Sha256Member();
}
