using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Anonymise;

/// <summary>
/// A file that is written in a folder beside its place, under a plain name, and moved there when it is whole: whatever
/// fails, no half of one is left.
/// </summary>
internal sealed class StagedOutput : IDisposable
{
    /// <summary>Bytes: more than ffmpeg's buffer.</summary>
    private const int Held = 1 << 18;

    private readonly string _output;
    private readonly string _folder;

    /// <param name="output">Where it is to be.</param>
    /// <param name="link">Folder of the tool that writes it, which gets a link.</param>
    /// <exception cref="ScanException">Nothing can be written there.</exception>
    public StagedOutput(string output, string link)
    {
        _output = System.IO.Path.GetFullPath(output);
        // Beside it, because only that is sure to be on the same file system.
        _folder = System.IO.Path.Combine(
            System.IO.Path.GetDirectoryName(_output)!, ".anonymising-" + Guid.NewGuid().ToString("n"));
        try
        {
            Directory.CreateDirectory(_folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ScanException($"{output}: it cannot be written ({error.Message})", error);
        }

        var name = "output" + System.IO.Path.GetExtension(output).ToLowerInvariant();
        Path = System.IO.Path.Combine(_folder, name);
        File.CreateSymbolicLink(System.IO.Path.Combine(link, "staged"), _folder);
        LinkedName = $"staged/{name}";
    }

    /// <summary>Where it is until then.</summary>
    public string Path { get; }

    /// <summary>The same, within the tool's folder.</summary>
    public string LinkedName { get; }

    /// <summary>Whether more than a tool holds back before it writes can still be written: it may not say that its last
    /// bytes were lost.</summary>
    public bool HasRoom
    {
        get
        {
            try
            {
                using var file = new FileStream(
                    System.IO.Path.Combine(_folder, "room"), FileMode.Create, FileAccess.Write, FileShare.None, 0);
                file.Write(new byte[Held]);
                file.Flush(flushToDisk: true);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
            finally
            {
                File.Delete(System.IO.Path.Combine(_folder, "room"));
            }
        }
    }

    public void Publish() => File.Move(Path, _output, overwrite: true);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
