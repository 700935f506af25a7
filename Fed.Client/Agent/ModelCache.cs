using System.Security.Cryptography;
using Fed.Core.FailPoints;
using Fed.Core.Models;

namespace Fed.Client.Agent;

/// <summary>The last models by hash, on disk: a model that is evaluated and then trained from is fetched
/// once.</summary>
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
    private static async Task<bool> IsIntactAsync(string path, string sha256)
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
