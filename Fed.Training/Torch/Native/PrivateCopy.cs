using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fed.Training.Torch.Native;

/// <summary>
/// Loads a library from memory that only this process has (memfd_create, Linux 3.17): no second file on disk that would
/// have to be kept current, and none that somebody else could put in its place.
/// </summary>
internal static partial class PrivateCopy
{
    private const uint CloseOnExec = 1;

    /// <param name="name">Appears in /proc/PID/maps.</param>
    /// <exception cref="TorchUnavailableException">The system gives no such memory.</exception>
    /// <exception cref="DllNotFoundException">The dynamic linker refuses the library; the message has its reason.</exception>
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

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemory(string name, uint flags);
}
