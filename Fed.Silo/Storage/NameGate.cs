using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Fed.Silo.Storage;

/// <summary>
/// Who may change the names of a folder now, among all processes that share it: many give new ones, or one looks and
/// removes. By flock(2), which belongs to an open file, so that threads of one process keep apart as processes do, and
/// which the kernel drops when its process ends, however it ends. Held for a call or two of the file system.
/// </summary>
/// <param name="folder">Has the lock file; on a network file system, one whose locks hold between machines.</param>
internal sealed partial class NameGate(string folder)
{
    private const int Shared = 1;
    private const int Exclusive = 2;
    private const int Interrupted = 4;
    private const int ReadOnly = 0;

    private readonly string _file = Path.Combine(folder, ".names.lock");

    // Else a program that is started meanwhile would hold the lock until it ends.
    private static int CloseOnExec => OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    /// <summary>Makes the lock file, unless it is there.</summary>
    public void Create()
    {
        if (!File.Exists(_file))
            File.Open(_file, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite).Dispose();
    }

    /// <summary>To give a name; others may at the same time.</summary>
    /// <exception cref="IOException">The folder is not what it was at the start, or has no locks.</exception>
    public Held Share() => Take(Shared);

    /// <summary>To look and remove, alone.</summary>
    /// <exception cref="IOException">The folder is not what it was at the start, or has no locks.</exception>
    public Held Own() => Take(Exclusive);

    private Held Take(int operation)
    {
        if (OperatingSystem.IsWindows())
            return new Held(TakeOnWindows(operation == Shared ? FileShare.ReadWrite : FileShare.None));
        var descriptor = Open(_file, ReadOnly | CloseOnExec);
        if (descriptor < 0)
            throw Failure("opened");
        while (Flock(descriptor, operation) != 0)
        {
            if (Marshal.GetLastPInvokeError() == Interrupted)
                continue;
            var failure = Failure("locked");
            DurableFolder.Close(descriptor);
            throw failure;
        }

        return new Held(descriptor);
    }

    private FileStream TakeOnWindows(FileShare share)
    {
        const int SharingViolation = unchecked((int)0x80070020);
        var pause = new SpinWait();
        while (true)
        {
            try
            {
                return new FileStream(_file, FileMode.Open, FileAccess.Read, share);
            }
            catch (IOException taken) when (taken.HResult == SharingViolation)
            {
                pause.SpinOnce();
            }
        }
    }

    private IOException Failure(string verb)
    {
        var reason = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"the lock file '{_file}' cannot be {verb}: {reason.Message}", reason);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(int descriptor, int operation);

    /// <summary>Until it is disposed.</summary>
    internal readonly struct Held : IDisposable
    {
        private readonly int _descriptor;
        private readonly FileStream? _file;

        public Held(int descriptor) => _descriptor = descriptor;

        public Held(FileStream file) => _file = file;

        public void Dispose()
        {
            if (_file is null)
                DurableFolder.Close(_descriptor);
            else
                _file.Dispose();
        }
    }
}
