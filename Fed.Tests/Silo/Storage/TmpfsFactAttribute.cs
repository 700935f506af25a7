using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Fed.Tests.Silo.Storage;

/// <summary>
/// A test on a small file system of its own (tmpfs): skipped, and shown as skipped, where this process may not mount
/// one. What it shows of SQLite, blobs and the gateway apart, tests that need no mount show too.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TmpfsFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_reason = new(() =>
    {
        if (!OperatingSystem.IsLinux())
            return "tmpfs is Linux only";
        var folder = Directory.CreateTempSubdirectory("fed-mount-").FullName;
        try
        {
            using var mount = new Tmpfs(folder, bytes: 1 << 20);
            return null;
        }
        catch (Win32Exception refused)
        {
            return $"a tmpfs cannot be mounted here ({refused.Message}); run as root to see this test";
        }
        finally
        {
            Directory.Delete(folder);
        }
    });

    public TmpfsFactAttribute() => Skip = s_reason.Value;
}

/// <summary>A tmpfs of bounded size over an empty folder, until it is disposed.</summary>
internal sealed partial class Tmpfs : IDisposable
{
    private const int Lazily = 2;

    private readonly string _folder;

    /// <exception cref="Win32Exception">This process may not.</exception>
    public Tmpfs(string folder, long bytes)
    {
        _folder = folder;
        if (Mount("tmpfs", folder, "tmpfs", 0, $"size={bytes}") != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public void Dispose() => _ = Unmount(_folder, Lazily);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, ulong flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
