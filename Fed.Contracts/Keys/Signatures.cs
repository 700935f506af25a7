using System.Security.Cryptography;

namespace Fed.Contracts.Keys;

/// <summary>ECDSA P-256 over SHA-256, IEEE P1363 form: the one kind of signature of the project.</summary>
public static class Signatures
{
    public const int Bytes = 64;

    private const DSASignatureFormat Form = DSASignatureFormat.IeeeP1363FixedFieldConcatenation;
    private const string P256 = "1.2.840.10045.3.1.7";

    public static byte[] Sign(ECDsa key, ReadOnlySpan<byte> text) => key.SignData(text, HashAlgorithmName.SHA256, Form);

    public static bool Verify(ECDsa key, ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) =>
        key.VerifyData(text, signature, HashAlgorithmName.SHA256, Form);

    /// <param name="publicKey">SubjectPublicKeyInfo, base64.</param>
    /// <exception cref="FormatException">Not an ECDSA P-256 key.</exception>
    public static ECDsa ImportPublicKey(string publicKey)
    {
        var key = ECDsa.Create();
        try
        {
            var encoded = Convert.FromBase64String(publicKey);
            key.ImportSubjectPublicKeyInfo(encoded, out var read);
            if (read == encoded.Length && key.ExportParameters(false).Curve.Oid.Value == P256)
                return key;
        }
        catch (Exception error) when (error is FormatException or CryptographicException)
        {
            key.Dispose();
            throw new FormatException("not an ECDSA P-256 SubjectPublicKeyInfo in base64", error);
        }

        key.Dispose();
        throw new FormatException("not an ECDSA P-256 SubjectPublicKeyInfo in base64");
    }
}

/// <summary>The federations' signing keys: ECDSA P-256, one each. Private keys never leave the
/// implementation.</summary>
public interface IFederationKeys
{
    /// <summary>The federation's public key (SubjectPublicKeyInfo, base64), made durably now unless there is
    /// one.</summary>
    string GetOrCreate(string federation);

    /// <summary>Signs with the federation's key; 64 bytes, IEEE P1363 form, over SHA-256.</summary>
    /// <exception cref="InvalidOperationException">The federation has no key here.</exception>
    byte[] Sign(string federation, ReadOnlySpan<byte> text);
}
