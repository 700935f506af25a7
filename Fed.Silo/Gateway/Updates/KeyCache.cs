using System.Collections.Concurrent;
using System.Security.Cryptography;
using Fed.Contracts.Keys;
using Fed.Contracts.Refusals;

namespace Fed.Silo.Gateway.Updates;

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
