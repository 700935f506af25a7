using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Fed.Bench.Fold;
using Fed.Core.Blocks;
using Fed.Core.Codecs;

namespace Fed.Bench.Memory;

/// <summary>
/// K float32 update files and a base model of one dimension in a folder that is deleted at the end. The updates are K
/// names of one file, so that the disk holds D values, not K D; each name is opened and read by itself.
/// </summary>
internal sealed class ScratchFiles : IDisposable
{
    /// <summary>Different blocks: the file repeats them.</summary>
    private const int Pattern = 64;

    private static readonly string Name = new('a', 64);
    private readonly string _folder;

    /// <exception cref="IOException">Too little room; the message says how much is needed.</exception>
    public ScratchFiles(string parent, long dimension, int most)
    {
        // The update, the model, the next model; a sparse base model where the file system has holes.
        var needed = 3 * dimension * sizeof(float) + (1L << 30);
        var free = new DriveInfo(Path.GetFullPath(parent)).AvailableFreeSpace;
        if (free < needed)
        {
            throw new IOException(
                $"{parent} has {free * 1e-9:0.0} GB free; this run needs {needed * 1e-9:0.0}: "
                + "name a roomier one with --folder");
        }

        _folder = Directory.CreateDirectory(Path.Combine(parent, $"fed-bench-{Environment.ProcessId}")).FullName;
        var update = Path.Combine(_folder, "update");
        WriteUpdate(update, dimension);
        for (var i = 0; i < most; i++)
            File.CreateSymbolicLink(UpdatePath(_folder, i), update);
        using var model = File.Create(ModelPath(_folder));
        model.SetLength(dimension * sizeof(float));
    }

    public string Folder => _folder;

    public static string UpdatePath(string folder, int i) => Path.Combine(folder, $"update-{i}");

    public static string ModelPath(string folder) => Path.Combine(folder, "model");

    public static string NextPath(string folder) => Path.Combine(folder, "next");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void WriteUpdate(string path, long dimension)
    {
        var header = new BlockFileHeader(
            BlockFileKind.Update,
            BlockCodecs.ByName("float32").Id,
            BlockFileHeader.StandardBlockLength,
            dimension,
            Weight: 100,
            Count: 1,
            Name,
            Name);
        var values = FoldInputs.Vector(Pattern * header.BlockLength, seed: 1).AsSpan();
        var entries = new BlockIndexEntry[Pattern];
        for (var i = 0; i < Pattern; i++)
            entries[i] = BlockIndexEntry.Of(Bytes(values, i, header.BlockLength));
        var index = new byte[(long)header.BlockCount * BlockFileHeader.IndexEntrySize];
        for (var block = 0; block < header.BlockCount; block++)
        {
            var length = header.LengthOf(block);
            var entry = length == header.BlockLength
                ? entries[block % Pattern]
                : BlockIndexEntry.Of(Bytes(values, block, length));
            entry.Write(index.AsSpan(block * BlockFileHeader.IndexEntrySize));
        }

        using var file = File.Create(path);
        file.Write(Sealed(header, index));
        file.Write(index);
        for (var block = 0; block < header.BlockCount; block++)
            file.Write(Bytes(values, block, header.LengthOf(block)));
    }

    private static ReadOnlySpan<byte> Bytes(ReadOnlySpan<float> values, int block, int length) =>
        MemoryMarshal.AsBytes(values.Slice(block % Pattern * BlockFileHeader.StandardBlockLength, length));

    private static byte[] Sealed(BlockFileHeader header, ReadOnlySpan<byte> index)
    {
        var head = new byte[BlockFileHeader.Size];
        header.Write(head);
        var hash = new XxHash3();
        hash.Append(head.AsSpan(0, BlockFileHeader.HashedSize));
        hash.Append(index);
        BinaryPrimitives.WriteUInt64LittleEndian(
            head.AsSpan(BlockFileHeader.HashedSize), hash.GetCurrentHashAsUInt64());
        return head;
    }
}
