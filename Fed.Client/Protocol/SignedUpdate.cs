using System.Security.Cryptography;
using Fed.Contracts.Wire;
using Fed.Core.Blocks;

namespace Fed.Client.Protocol;

/// <summary>An encoded update on disk, ready to be sent, and sent again, byte for byte.</summary>
/// <param name="Sequence">From 1.</param>
/// <param name="File">Path of the encoded bytes.</param>
/// <param name="Sha256">Of these bytes, lower-case hex.</param>
/// <param name="Signature">Base64, see <see cref="WireFormat.UpdateText"/>.</param>
public sealed record SignedUpdate(long Sequence, string File, string Sha256, string Signature)
{
    public static SignedUpdate Sign(
        ECDsa key, string federation, string participant, long sequence, string file, string sha256)
    {
        var signature = key.SignData(
            WireFormat.UpdateText(federation, participant, sequence, sha256),
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
            WireFormat.EvaluationText(federation, participant, sha256),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    /// <summary>The base that an update's header names; the file is read from its start again.</summary>
    /// <exception cref="AgentException">It is no update.</exception>
    internal static async Task<string> ReadBaseModelAsync(FileStream update, CancellationToken cancellationToken)
    {
        var head = new byte[BlockFileHeader.Size];
        try
        {
            var read = await update.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
            if (read < head.Length)
                throw new InvalidDataException($"it has {update.Length} bytes, fewer than a header");
            update.Position = 0;
            return BlockFileHeader.Read(head).BaseModel;
        }
        catch (InvalidDataException fault)
        {
            throw new AgentException(
                ExitCode.DataFolder,
                $"'{update.Name}' is kept to be sent and is no update: {fault.Message}; move the state folder away, or "
                + "this file, and start again",
                fault);
        }
    }
}
