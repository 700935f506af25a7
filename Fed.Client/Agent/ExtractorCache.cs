using Fed.Core.IO;
using Fed.Core.Models;
using Fed.Training;

namespace Fed.Client.Agent;

/// <summary>
/// Frozen layers by hash, on disk: each is fetched once, for all federations that have it, and a download that was
/// interrupted goes on where it was, also after a restart.
/// </summary>
public sealed class ExtractorCache(string folder)
{
    /// <param name="continueAsync">Gets the file with the bytes that are there, and the length of the whole; adds the
    /// others, and has checked their hash. It may be called again.</param>
    /// <exception cref="InvalidDataException">It is of other layers, or has values that are not finite.</exception>
    public async Task<FrozenLayers> GetAsync(
        string sha256, ModelSplit split, Func<FileStream, long, Task> continueAsync)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, sha256 + ".safetensors");
        if (!File.Exists(path) || !await ModelCache.IsIntactAsync(path, sha256))
        {
            var unfinished = path + DurableFile.Unfinished;
            await using (var file = new FileStream(unfinished, FileMode.OpenOrCreate, FileAccess.ReadWrite))
                await continueAsync(file, SafetensorsHeader.FileLength(split.Frozen));
            File.Move(unfinished, path, overwrite: true);
        }

        using var whole = new FileReader(path);
        return FrozenLayers.Read(whole, split, sha256);
    }
}
