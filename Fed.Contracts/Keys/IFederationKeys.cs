namespace Fed.Contracts.Keys;

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
