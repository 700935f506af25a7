using System.Security.Cryptography;
using Fed.Contracts.Refusals;

namespace Fed.Grains.Participants;

/// <summary>Checks public keys before they are kept.</summary>
internal static class PublicKeys
{
    private const int P256Bits = 256;
    private const int MaxLength = 512;

    /// <exception cref="RefusedException">Not base64 of an ECDSA P-256 SubjectPublicKeyInfo.</exception>
    public static string Require(string publicKey)
    {
        try
        {
            if (publicKey.Length > MaxLength)
                throw new CryptographicException($"a key of {publicKey.Length} characters is too long");
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
            if (key.KeySize != P256Bits)
                throw new CryptographicException($"the key has {key.KeySize} bits");
            return publicKey;
        }
        catch (Exception error) when (error is FormatException or CryptographicException)
        {
            throw new RefusedException(
                RefusalCode.InvalidRequest,
                $"publicKey is not usable: {error.Message}",
                "send an ECDSA P-256 SubjectPublicKeyInfo in base64");
        }
    }
}
