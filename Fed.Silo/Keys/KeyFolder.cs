using System.Collections.Concurrent;
using System.Security.Cryptography;
using Fed.Contracts.Keys;
using Fed.Silo.Storage;

namespace Fed.Silo.Keys;

/// <summary>
/// The federations' keys as files, <c>name.pem</c> (PKCS#8), that only their owner can read; the silos of a cluster
/// share the folder, and of two that make a federation's key at the same time the first makes both's. Back it up:
/// without its key a federation can make no version.
/// </summary>
public sealed class KeyFolder(string folder) : IFederationKeys, IDisposable
{
    private readonly ConcurrentDictionary<string, ECDsa> _keys = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public string GetOrCreate(string federation)
    {
        lock (_gate)
        {
            if (Find(federation) is { } known)
                return Public(known);
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            Save(PathOf(federation), key.ExportPkcs8PrivateKeyPem());
            // The one that is there, whoever made it.
            return Public(Find(federation) ?? throw new StorageUnavailableException(
                $"the key {PathOf(federation)} was written and is not there", null));
        }
    }

    public byte[] Sign(string federation, ReadOnlySpan<byte> text)
    {
        lock (_gate)
        {
            var key = Find(federation) ?? throw new InvalidOperationException(
                $"federation '{federation}' has no key: {PathOf(federation)} is missing; restore it from a backup");
            return Signatures.Sign(key, text);
        }
    }

    public void Dispose()
    {
        foreach (var key in _keys.Values)
            key.Dispose();
    }

    private static string Public(ECDsa key) => Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());

    private ECDsa? Find(string federation)
    {
        if (_keys.TryGetValue(federation, out var known))
            return known;
        var path = PathOf(federation);
        if (Load(path) is not { } pem)
            return null;
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return _keys[federation] = key;
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new InvalidDataException($"the key in {path} is damaged; restore it from a backup", error);
        }
    }

    /// <summary>Null when there is none: not when it cannot be read, or another key would take its place.</summary>
    private static string? Load(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (StorageUnavailableException.IsCause(error))
        {
            throw new StorageUnavailableException($"the key in {path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Durable and whole, or not at all; never in place of another, which then is the key.</summary>
    private void Save(string path, string pem)
    {
        // No other process has this name; what a killed one left is never read.
        var next = $"{path}.{Guid.NewGuid():n}.next";
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else
                Directory.CreateDirectory(
                    folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(next, options))
            {
                stream.Write(System.Text.Encoding.ASCII.GetBytes(pem));
                stream.Flush(flushToDisk: true);
            }

            NewName.TryLink(next, path);
            DurableFolder.Sync(folder);
        }
        catch (Exception error) when (StorageUnavailableException.IsCause(error))
        {
            throw new StorageUnavailableException($"the key {path} cannot be written: {error.Message}", error);
        }
        finally
        {
            TemporaryFiles.TryRemove(next);
        }
    }

    private string PathOf(string federation) => Path.Combine(folder, federation + ".pem");
}
