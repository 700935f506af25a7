using System.Security.Cryptography;
using Fed.Contracts.Keys;
using Fed.Contracts.Refusals;
using Fed.Silo.Gateway.Updates;

namespace Fed.Tests.Silo;

public sealed class KeyCacheTests : IDisposable
{
    private static readonly byte[] Text = [1, 2, 3];

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly KeyCache _cache = new();

    public void Dispose()
    {
        _cache.Dispose();
        _key.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void Verify_AKeyThatIsCached_StillTellsSignaturesApart()
    {
        var (good, wrong) = (Signatures.Sign(_key, Text), Signatures.Sign(_other, Text));

        Assert.True(_cache.Verify(PublicKey(_key), Text, good));
        Assert.False(_cache.Verify(PublicKey(_key), Text, wrong));
        Assert.True(_cache.Verify(PublicKey(_other), Text, wrong));
        Assert.False(_cache.Verify(PublicKey(_key), [1, 2, 4], good));

        Assert.Equal(2, _cache.Count);
    }

    [Fact]
    public void Verify_FromManyThreads_KeepsOneOfEachKey()
    {
        var signature = Signatures.Sign(_key, Text);
        var verified = 0;

        Parallel.For(0, 64, _ =>
        {
            if (_cache.Verify(PublicKey(_key), Text, signature))
                Interlocked.Increment(ref verified);
        });

        Assert.Equal(64, verified);
        Assert.Equal(1, _cache.Count);
    }

    [Fact]
    public void Verify_WithWhatIsNoKey_IsRefusedAndNotKept()
    {
        var refused = Assert.Throws<RefusedException>(() => _cache.Verify("AAAA", Text, new byte[Signatures.Bytes]));

        Assert.Equal(RefusalCode.InvalidRequest, refused.Code);
        Assert.Equal(0, _cache.Count);
    }

    private static string PublicKey(ECDsa key) => Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
}
