using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Fed.Silo.Storage;

/// <summary>
/// fsync of a folder. A rename is atomic but not durable: after a power cut the new name may be missing although the
/// bytes are on the disk, until the folder itself was synchronised (open(2), fsync(2): "calling fsync() does not
/// necessarily ensure that the entry in the directory containing the file has also reached disk"). .NET refuses to
/// open a folder as a file, hence the three calls to libc. NTFS journals its metadata and needs none of them.
/// </summary>
internal static partial class DurableFolder
{
    private const int ReadOnly = 0;

    /// <exception cref="IOException">The folder cannot be opened or synchronised.</exception>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder);
        try
        {
            if (Fsync(descriptor) != 0)
                throw Failure(folder, "synchronised");
        }
        finally
        {
            Close(descriptor);
        }
    }

    /// <summary>A descriptor of the folder, to be closed with <see cref="Close(int)"/>. Not on Windows.</summary>
    /// <exception cref="IOException">The folder cannot be opened.</exception>
    public static int Open(string folder)
    {
        return TryOpen(folder) ?? throw Failure(folder, "opened");
    }

    /// <summary>Null when it cannot be opened.</summary>
    public static int? TryOpen(string folder)
    {
        var descriptor = Open(folder, ReadOnly);
        return descriptor >= 0 ? descriptor : null;
    }

    public static void Close(int descriptor) => _ = CloseDescriptor(descriptor);

    private static IOException Failure(string folder, string verb)
    {
        var reason = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"the folder '{folder}' cannot be {verb}: {reason.Message}", reason);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseDescriptor(int descriptor);
}
