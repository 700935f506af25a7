using System.Security.Cryptography;
using Fed.Contracts.Keys;
using Fed.Contracts.Versions;
using Fed.Silo.Keys;

namespace Fed.Tests.Grains;

public sealed class SignedManifestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-manifest-").FullName;
    private readonly KeyFolder _keys;

    public SignedManifestTests() => _keys = new KeyFolder(_folder);

    private static VersionManifest Manifest { get; } = new()
    {
        Federation = "codecs",
        Tier = "global",
        Number = 3,
        Kind = "fold",
        ModelSha256 = new string('a', 64),
        Parents = [new string('b', 64)],
    };

    public void Dispose()
    {
        _keys.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheManifestSignedByTheFederation()
    {
        using var key = Signatures.ImportPublicKey(_keys.GetOrCreate("codecs"));
        using var other = Signatures.ImportPublicKey(_keys.GetOrCreate("others"));
        var bytes = SignedManifest.Write(Manifest, _keys);

        var read = SignedManifest.Read(bytes, Name(bytes));

        Assert.Equal(Manifest.Parents, read.Manifest.Parents);
        Assert.Equal(3, read.Manifest.Number);
        Assert.True(read.IsSignedBy(key));
        Assert.False(read.IsSignedBy(other));
    }

    [Fact]
    public void Read_AnyFlippedByte_IsRefusedByName()
    {
        _keys.GetOrCreate("codecs");
        var bytes = SignedManifest.Write(Manifest, _keys);
        var name = Name(bytes);
        for (var i = 0; i < bytes.Length; i++)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[i] ^= 1;
            var error = Assert.Throws<InvalidDataException>(() => SignedManifest.Read(flipped, name));
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void IsSignedBy_AForgedManifestUnderItsOwnName_IsFalse()
    {
        using var key = Signatures.ImportPublicKey(_keys.GetOrCreate("codecs"));
        var bytes = SignedManifest.Write(Manifest, _keys);
        var forged = (byte[])bytes.Clone();
        var digit = Array.IndexOf(forged, (byte)'3');
        forged[digit] = (byte)'4';

        Assert.False(SignedManifest.Read(forged, Name(forged)).IsSignedBy(key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}\n")]
    [InlineData("{}\nAAAA\n")]
    [InlineData("nothing")]
    public void Read_NoManifest_IsRefusedByName(string text)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(text);

        var error = Assert.Throws<InvalidDataException>(() => SignedManifest.Read(bytes, Name(bytes)));

        Assert.Contains(Name(bytes), error.Message, StringComparison.Ordinal);
    }

    private static string Name(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
