using System.Text;
using Fed.Contracts.Keys;
using Fed.Silo.Keys;
using Fed.Silo.Storage;

namespace Fed.Tests.Silo;

public sealed class KeyFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-keys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void GetOrCreate_AfterARestart_IsTheSameKeyAndItsSignaturesVerify()
    {
        string first;
        using (var keys = new KeyFolder(_folder))
            first = keys.GetOrCreate("codecs");
        using var again = new KeyFolder(_folder);
        var text = "a text"u8;

        Assert.Equal(first, again.GetOrCreate("codecs"));
        using var key = Signatures.ImportPublicKey(first);
        var signature = again.Sign("codecs", text);
        Assert.True(Signatures.Verify(key, text, signature));
        Assert.False(Signatures.Verify(key, "another text"u8, signature));
        Assert.NotEqual(first, again.GetOrCreate("languages"));
    }

    [Fact]
    public void GetOrCreate_OnUnix_LetsOnlyTheOwnerReadTheKey()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var keys = new KeyFolder(Path.Combine(_folder, "keys"));
        keys.GetOrCreate("codecs");

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(_folder, "keys", "codecs.pem")));
        Assert.Equal(["codecs.pem"], Directory.GetFiles(Path.Combine(_folder, "keys")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task GetOrCreate_OfManySilosAtOnce_IsOneKeyForAll()
    {
        var silos = Enumerable.Range(0, 8).Select(_ => new KeyFolder(_folder)).ToArray();
        using var start = new Barrier(silos.Length);

        var made = await Task.WhenAll(silos.Select(keys => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return Enumerable.Range(0, 20).Select(federation => keys.GetOrCreate($"f{federation}")).ToArray();
            },
            TaskCreationOptions.LongRunning)));

        Assert.All(made, keys => Assert.Equal(made[0], keys));
        Assert.Equal(20, Directory.GetFiles(_folder).Length);
        using var key = Signatures.ImportPublicKey(made[0][7]);
        Assert.All(silos, keys => Assert.True(Signatures.Verify(key, "text"u8, keys.Sign("f7", "text"u8))));
        Array.ForEach(silos, keys => keys.Dispose());
    }

    [Fact]
    public void Sign_NoKey_NamesTheFile()
    {
        using var keys = new KeyFolder(_folder);

        var error = Assert.Throws<InvalidOperationException>(() => keys.Sign("codecs", "text"u8));

        Assert.Contains("codecs.pem is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetOrCreate_ADamagedKey_IsReportedAndNotReplaced()
    {
        var file = Path.Combine(_folder, "codecs.pem");
        File.WriteAllText(file, "no key");
        using var keys = new KeyFolder(_folder);

        var error = Assert.Throws<InvalidDataException>(() => keys.GetOrCreate("codecs"));

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Equal("no key", File.ReadAllText(file));
    }

    [Fact]
    public void GetOrCreate_WithoutItsFolder_FailsAndMakesAKeyOnceItCan()
    {
        var folder = Path.Combine(_folder, "keys");
        File.WriteAllText(folder, "a file in its place");
        using var keys = new KeyFolder(folder);

        Assert.Throws<StorageUnavailableException>(() => keys.GetOrCreate("codecs"));
        File.Delete(folder);

        Assert.NotEmpty(keys.GetOrCreate("codecs"));
        Assert.Equal(["codecs.pem"], Directory.GetFiles(folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("brainpoolP256r1")]
    [InlineData("nistP384")]
    public void ImportPublicKey_OfAnotherCurve_IsRefused(string curve)
    {
        using var other = System.Security.Cryptography.ECDsa.Create(
            System.Security.Cryptography.ECCurve.CreateFromFriendlyName(curve));
        var text = Convert.ToBase64String(other.ExportSubjectPublicKeyInfo());

        Assert.Throws<FormatException>(() => Signatures.ImportPublicKey(text));
        Assert.Throws<FormatException>(() => Signatures.ImportPublicKey(
            Convert.ToBase64String(Encoding.ASCII.GetBytes("no key"))));
    }
}
