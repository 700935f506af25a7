using System.Security.Cryptography;
using Fed.Core.FailPoints;
using Fed.Core.Models;

namespace Fed.Client.Agent;

/// <summary>
/// What an agent keeps between two runs: its key, and per federation the ledger, the pending update and cached models.
/// One agent at a time owns it.
/// </summary>
public sealed class StateFolder : IDisposable
{
    private readonly string _root;
    private readonly FileStream _ownership;

    private StateFolder(string root, FileStream ownership, ECDsa key)
    {
        _root = root;
        _ownership = ownership;
        Key = key;
    }

    /// <summary>ECDSA P-256, made here on the first run; it never leaves this folder.</summary>
    public ECDsa Key { get; }

    /// <summary>SubjectPublicKeyInfo, base64: what an enrolment shows.</summary>
    public string PublicKey => Convert.ToBase64String(Key.ExportSubjectPublicKeyInfo());

    /// <exception cref="AgentException">In use by another agent, not writable, or the key is damaged.</exception>
    public static StateFolder Open(string root)
    {
        try
        {
            Directory.CreateDirectory(root);
            var ownership = Own(root);
            try
            {
                return new StateFolder(root, ownership, LoadOrMakeKey(Path.Combine(root, "key.pem")));
            }
            catch
            {
                ownership.Dispose();
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AgentException(
                ExitCode.DataFolder,
                $"the state folder '{root}' cannot be used: {error.Message}; choose another with --state",
                error);
        }
    }

    public UpdateStore Updates(string federation) => UpdateStore.Open(Path.Combine(_root, federation, "updates"));

    public ModelCache Models(string federation) => new(Path.Combine(_root, federation, "models"));

    /// <summary>Of all federations: a name that no federation can have.</summary>
    public ExtractorCache Extractors => new(Path.Combine(_root, ".extractors"));

    public void Dispose()
    {
        Key.Dispose();
        _ownership.Dispose();
    }

    private static FileStream Own(string root)
    {
        try
        {
            return new FileStream(
                Path.Combine(root, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken)
        {
            throw new AgentException(
                ExitCode.DataFolder,
                $"another agent uses the state folder '{root}'; stop it, or choose another folder with --state",
                taken);
        }
    }

    private static ECDsa LoadOrMakeKey(string path)
    {
        if (!File.Exists(path))
        {
            var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            DurableFile.Write(
                path,
                stream => stream.Write(System.Text.Encoding.ASCII.GetBytes(made.ExportPkcs8PrivateKeyPem())),
                UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return made;
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key;
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new AgentException(
                ExitCode.DataFolder,
                $"the key {path} is damaged ({error.Message}); restore it, or ask a steward before you enrol with "
                + "a new one",
                error);
        }
    }
}

/// <summary>
/// The last models by hash, on disk: a model that is evaluated and then trained from is fetched once.
/// </summary>
public sealed class ModelCache(string folder)
{
    /// <summary>The current version and the one before it.</summary>
    public const int Capacity = 2;

    /// <param name="download">Writes the model's bytes; it has checked their hash.</param>
    /// <returns>The flat parameter vector, the caller's own copy.</returns>
    /// <exception cref="InvalidDataException">The model is not of this layout.</exception>
    public async Task<float[]> GetAsync(
        string sha256, ModelLayout layout, Func<Stream, Task> download)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, sha256 + ".safetensors");
        if (!File.Exists(path) || !await IsIntactAsync(path, sha256))
        {
            MakeRoom(except: path);
            var unfinished = path + DurableFile.Unfinished;
            await using (var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
                await download(stream);
            FailPoint.Hit(FailPointNames.ModelBeforeRename);
            File.Move(unfinished, path, overwrite: true);
            FailPoint.Hit(FailPointNames.ModelAfterRename);
        }

        await using var model = File.OpenRead(path);
        return Safetensors.ReadParameters(model, layout);
    }

    // A cached file is not synchronised when it is written, so it is not believed when it is read.
    internal static async Task<bool> IsIntactAsync(string path, string sha256)
    {
        await using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream)) == sha256;
    }

    private void MakeRoom(string except)
    {
        var old = Directory.EnumerateFiles(folder)
            .Where(file => file != except)
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .Skip(Capacity - 1);
        foreach (var file in old.ToArray())
            File.Delete(file);
    }
}
