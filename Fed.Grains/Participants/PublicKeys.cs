using Fed.Contracts.Keys;
using Fed.Contracts.Refusals;

namespace Fed.Grains.Participants;

/// <summary>Checks public keys before they are kept.</summary>
internal static class PublicKeys
{
    private const int MaxLength = 512;

    /// <exception cref="RefusedException">Not base64 of an ECDSA P-256 SubjectPublicKeyInfo.</exception>
    public static string Require(string publicKey)
    {
        try
        {
            if (publicKey.Length > MaxLength)
                throw new FormatException($"{publicKey.Length} characters are too long for a key");
            Signatures.ImportPublicKey(publicKey).Dispose();
            return publicKey;
        }
        catch (FormatException error)
        {
            throw new RefusedException(
                RefusalCode.InvalidRequest,
                $"publicKey is not usable: {error.Message}",
                "send an ECDSA P-256 SubjectPublicKeyInfo in base64");
        }
    }
}
