using System.Security.Cryptography;
using System.Text;

namespace Fed.Client.Protocol;

/// <summary>An encoded update on disk, ready to be sent, and sent again, byte for byte.</summary>
/// <param name="Sequence">From 1.</param>
/// <param name="File">Path of the encoded bytes.</param>
/// <param name="Sha256">Of these bytes, lower-case hex.</param>
/// <param name="Signature">Base64, see <see cref="Text"/>.</param>
public sealed record SignedUpdate(long Sequence, string File, string Sha256, string Signature)
{
    public static SignedUpdate Sign(
        ECDsa key, string federation, string participant, long sequence, string file, string sha256)
    {
        var signature = key.SignData(
            Text(federation, participant, sequence, sha256),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return new SignedUpdate(sequence, file, sha256, Convert.ToBase64String(signature));
    }

    /// <summary>The signature of an evaluation, base64 (docs/protocol.md, 'An evaluation').</summary>
    /// <param name="json">The body, as it will be sent.</param>
    public static string SignEvaluation(ECDsa key, string federation, string participant, ReadOnlySpan<byte> json)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(json));
        return Convert.ToBase64String(key.SignData(
            Encoding.ASCII.GetBytes($"fed-evaluation-v1\n{federation}\n{participant}\n{sha256}"),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    /// <summary>What is signed (docs/protocol.md, 'A contribution').</summary>
    private static byte[] Text(string federation, string participant, long sequence, string sha256) =>
        Encoding.ASCII.GetBytes($"fed-update-v1\n{federation}\n{participant}\n{sequence}\n{sha256}");
}
