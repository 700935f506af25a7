using System.Security.Cryptography;

namespace Fed.Silo.Storage.Azure;

/// <summary>
/// Copies of blobs on this machine, <c>xx/sha256</c> under a folder that one process owns, the least recently used
/// removed beyond a bound. A copy may be removed while it is read: its bytes go with the last reader. A copy that this
/// process did not itself write is hashed before its first use, so that nothing need be made durable here.
/// </summary>
internal sealed class BlobCache : IDisposable
{
    private readonly string _root;
    private readonly long _maxBytes;
    private readonly FolderLock _ownership;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Copy>> _byName = new(StringComparer.Ordinal);
    private readonly LinkedList<Copy> _byUse = new();
    private long _bytes;

    /// <exception cref="FolderInUseException">Another process owns the folder.</exception>
    public BlobCache(string folder, long maxBytes)
    {
        _root = Path.GetFullPath(folder);
        _maxBytes = maxBytes;
        Directory.CreateDirectory(_root);
        _ownership = FolderLock.Take(_root);
        Temporary = new TemporaryFiles(Path.Combine(_root, "tmp"));
        if (Directory.Exists(Temporary.Folder))
            Directory.Delete(Temporary.Folder, recursive: true);
        Directory.CreateDirectory(Temporary.Folder);
        for (var prefix = 0; prefix < 256; prefix++)
            Directory.CreateDirectory(Path.Combine(_root, prefix.ToString("x2")));
        foreach (var file in new DirectoryInfo(_root).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => BlobName.IsValid(file.Name))
            .OrderBy(file => file.LastWriteTimeUtc))
        {
            Add(new Copy(file.Name, file.Length) { IsVerified = false });
        }

        lock (_gate)
            Shrink();
    }

    public TemporaryFiles Temporary { get; }

    /// <returns>Null when there is no copy, or it was damaged and has been removed.</returns>
    public FileBlobReader? TryOpen(string sha256)
    {
        FileBlobReader reader;
        Copy copy;
        lock (_gate)
        {
            if (!_byName.TryGetValue(sha256, out var node))
                return null;
            copy = node.Value;
            try
            {
                reader = new FileBlobReader(PathOf(sha256));
            }
            catch (FileNotFoundException)
            {
                Forget(node);
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddLast(node);
        }

        if (copy.IsVerified || (copy.IsVerified = HashOf(reader) == sha256))
            return reader;
        reader.Dispose();
        Remove(sha256);
        return null;
    }

    /// <summary>Takes a temporary file whose content has that hash as the copy.</summary>
    public void Adopt(string temporary, string sha256, long bytes)
    {
        lock (_gate)
        {
            File.Move(temporary, PathOf(sha256), overwrite: true);
            if (_byName.TryGetValue(sha256, out var old))
                Forget(old);
            Add(new Copy(sha256, bytes) { IsVerified = true });
            Shrink();
        }
    }

    public void Remove(string sha256)
    {
        lock (_gate)
        {
            if (!_byName.TryGetValue(sha256, out var node))
                return;
            File.Delete(PathOf(sha256));
            Forget(node);
        }
    }

    public void Dispose() => _ownership.Dispose();

    private void Add(Copy copy)
    {
        _byName.Add(copy.Sha256, _byUse.AddLast(copy));
        _bytes += copy.Bytes;
    }

    private void Shrink()
    {
        while (_bytes > _maxBytes && _byUse.First is { } oldest)
        {
            File.Delete(PathOf(oldest.Value.Sha256));
            Forget(oldest);
        }
    }

    private void Forget(LinkedListNode<Copy> node)
    {
        _byUse.Remove(node);
        _byName.Remove(node.Value.Sha256);
        _bytes -= node.Value.Bytes;
    }

    private string PathOf(string sha256) => Path.Combine(_root, sha256[..2], sha256);

    /// <summary>Leaves the reader open, and so the stream, which has nothing else to close.</summary>
    private static string HashOf(FileBlobReader reader) =>
        Convert.ToHexStringLower(SHA256.HashData(new BlobStream(reader)));

    private sealed class Copy(string sha256, long bytes)
    {
        public string Sha256 => sha256;

        public long Bytes => bytes;

        public bool IsVerified { get; set; }
    }
}
