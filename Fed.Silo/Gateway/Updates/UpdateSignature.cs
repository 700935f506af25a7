using System.Collections.Concurrent;
using System.Security.Cryptography;
using Fed.Contracts.Keys;
using Fed.Contracts.Refusals;
using Fed.Contracts.Wire;

namespace Fed.Silo.Gateway.Updates;

/// <summary>The Fed-Signature header: ECDSA P-256 over SHA-256, IEEE P1363 form (docs/protocol.md).</summary>
public static class UpdateSignature
{
    private const string Header = WireFormat.SignatureHeader;

    /// <exception cref="RefusedException">Missing, malformed, or not this key's signature of this text.</exception>
    public static void Require(string? header, string publicKey, ReadOnlySpan<byte> text, KeyCache keys)
    {
        Span<byte> signature = stackalloc byte[Signatures.Bytes];
        if (string.IsNullOrEmpty(header))
            throw Invalid($"the header {Header} is missing");
        if (!Convert.TryFromBase64String(header, signature, out var written) || written != Signatures.Bytes)
            throw Invalid($"the header {Header} is not {Signatures.Bytes} bytes in base64");
        if (!keys.Verify(publicKey, text, signature))
        {
            throw Invalid(
                "the signature does not belong to the enrolled key and the bytes, with their sequence number and "
                + "Content-Digest if they are an update, that were sent");
        }
    }

    /// <param name="publicKey">SubjectPublicKeyInfo, base64.</param>
    /// <exception cref="RefusedException">Not an ECDSA P-256 key.</exception>
    public static ECDsa ImportKey(string publicKey)
    {
        try
        {
            return Signatures.ImportPublicKey(publicKey);
        }
        catch (FormatException)
        {
            throw NotAKey();
        }
    }

    private static RefusedException NotAKey() => new(
        RefusalCode.InvalidRequest,
        "publicKey is not an ECDSA P-256 SubjectPublicKeyInfo in base64",
        "export the public key of a P-256 pair as SubjectPublicKeyInfo (DER) and encode it in base64");

    private static RefusedException Invalid(string message) => new(
        RefusalCode.SignatureInvalid,
        message,
        "sign the text that docs/protocol.md names ('fed-update-v1' or 'fed-evaluation-v1', the names, an update's "
        + "sequence, and the body's SHA-256) with the enrolled key");
}

/// <summary>
/// Verifies with public keys that stay imported: importing one takes as long as verifying with it. What is cached
/// under a key's text is that key, so that whether it is still the participant's is for the actor to say, each time.
/// </summary>
public sealed class KeyCache : IDisposable
{
    /// <summary>A few KB each.</summary>
    private const int Most = 4096;

    // A key is out of the cache while it is in use: nothing says that two threads may use one.
    private readonly ConcurrentDictionary<string, ECDsa> _idle = new(StringComparer.Ordinal);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <param name="publicKey">SubjectPublicKeyInfo, base64.</param>
    /// <exception cref="RefusedException">Not an ECDSA P-256 key.</exception>
    public bool Verify(string publicKey, ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        var key = Take(publicKey) ?? UpdateSignature.ImportKey(publicKey);
        try
        {
            return Signatures.Verify(key, text, signature);
        }
        finally
        {
            Keep(publicKey, key);
        }
    }

    public void Dispose()
    {
        foreach (var publicKey in _idle.Keys)
            Take(publicKey)?.Dispose();
    }

    private ECDsa? Take(string publicKey)
    {
        if (!_idle.TryRemove(publicKey, out var key))
            return null;
        Interlocked.Decrement(ref _count);
        return key;
    }

    private void Keep(string publicKey, ECDsa key)
    {
        if (!_idle.TryAdd(publicKey, key))
        {
            key.Dispose();
            return;
        }

        if (Interlocked.Increment(ref _count) <= Most)
            return;
        // Whichever comes first: those that come again are imported again.
        foreach (var (other, _) in _idle)
        {
            Take(other)?.Dispose();
            return;
        }
    }
}
