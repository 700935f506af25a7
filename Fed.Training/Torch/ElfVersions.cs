using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fed.Training.Torch;

/// <summary>
/// The symbol versions that a 64-bit little-endian ELF library needs of others (section .gnu.version_r; System V ABI,
/// "Symbol Versioning" of the Linux Standard Base, 10.7.3 to 10.7.5).
/// </summary>
internal static class ElfVersions
{
    private const uint NeedSection = 0x6ffffffe;
    private const ushort WeakFlag = 2;
    private const int SectionHeader = 64;

    private static ReadOnlySpan<byte> Magic => [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];

    /// <summary>
    /// Marks one needed version weak (VER_FLG_WEAK), in place: the dynamic linker then loads the library where no other
    /// library has that version, which is safe only if no relocation refers to a symbol of it.
    /// </summary>
    /// <param name="file">The whole library; never a mapping of a file that others use.</param>
    /// <returns>How many entries name the version; those that were weak already count.</returns>
    /// <exception cref="InvalidDataException">No such library, or its tables point outside it.</exception>
    public static int MarkWeak(Span<byte> file, string version)
    {
        if (file.Length < SectionHeader || !file.StartsWith(Magic))
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        var sections = U64(file, 40);
        var count = U16(file, 60);
        if (U16(file, 58) != SectionHeader)
            throw new InvalidDataException($"section headers of {U16(file, 58)} bytes; {SectionHeader} are expected");
        for (var i = 0; i < count; i++)
        {
            var header = sections + i * SectionHeader;
            if (U32(file, header + 4) == NeedSection)
                return MarkWeak(file, header, sections + U32(file, header + 40) * SectionHeader, version);
        }

        throw new InvalidDataException("no section of needed versions (.gnu.version_r)");
    }

    private static int MarkWeak(Span<byte> file, long section, long names, string version)
    {
        var strings = U64(file, names + 24);
        var marked = 0;
        var need = U64(file, section + 24);
        // The counts end the lists, so that a file whose offsets run in a circle ends too.
        for (var libraries = U32(file, section + 44); libraries > 0; libraries--)
        {
            var entry = need + U32(file, need + 8);
            for (var versions = U16(file, need + 2); versions > 0; versions--)
            {
                if (IsNamed(file, strings + U32(file, entry + 8), version))
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(
                        Part(file, entry + 4, 2), (ushort)(U16(file, entry + 4) | WeakFlag));
                    marked++;
                }

                entry += U32(file, entry + 12);
            }

            need += U32(file, need + 12);
        }

        return marked;
    }

    private static bool IsNamed(Span<byte> file, long at, string name)
    {
        var length = Encoding.ASCII.GetByteCount(name);
        return at >= 0 && at + length < file.Length && file[(int)at + length] == 0
            && file.Slice((int)at, length).SequenceEqual(Encoding.ASCII.GetBytes(name));
    }

    private static ushort U16(Span<byte> file, long at) => BinaryPrimitives.ReadUInt16LittleEndian(Part(file, at, 2));

    private static long U32(Span<byte> file, long at) => BinaryPrimitives.ReadUInt32LittleEndian(Part(file, at, 4));

    private static long U64(Span<byte> file, long at) => BinaryPrimitives.ReadInt64LittleEndian(Part(file, at, 8));

    private static Span<byte> Part(Span<byte> file, long at, int length) =>
        at >= 0 && at <= file.Length - length
            ? file.Slice((int)at, length)
            : throw new InvalidDataException($"a table points to byte {at}, outside the file of {file.Length} bytes");
}

/// <summary>
/// Loads a library from memory that only this process has (memfd_create, Linux 3.17): no second file on disk that would
/// have to be kept current, and none that somebody else could put in its place.
/// </summary>
internal static partial class PrivateCopy
{
    private const uint CloseOnExec = 1;

    /// <param name="name">Appears in /proc/PID/maps.</param>
    /// <exception cref="TorchUnavailableException">The system gives no such memory.</exception>
    /// <exception cref="DllNotFoundException">The dynamic linker refuses the library; the message has
    /// its reason.</exception>
    public static nint Load(string name, ReadOnlySpan<byte> library)
    {
        var descriptor = CreateMemory(name, CloseOnExec);
        if (descriptor < 0)
        {
            throw new TorchUnavailableException(
                $"the system gives no memory for a changed copy of {name} (memfd_create, error "
                + $"{Marshal.GetLastPInvokeError()}); use a system with libstdc++ of GCC 13.2 or later");
        }

        // The linker maps what it needs; the descriptor may be closed then.
        using var memory = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(memory, library, 0);
        return NativeLibrary.Load($"/proc/self/fd/{descriptor}");
    }

    [LibraryImport(
        "libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemory(string name, uint flags);
}
