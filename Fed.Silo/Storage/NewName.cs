using System.Runtime.InteropServices;

namespace Fed.Silo.Storage;

/// <summary>
/// Gives a file a name that it takes from nobody. .NET's <c>File.Move</c> without overwriting looks first and renames
/// then, so that of two processes at the same instant both may succeed and one file is lost; these calls cannot.
/// </summary>
internal static partial class NewName
{
    private const int CurrentFolder = -100;
    private const uint NoReplace = 1;

    // link(2): the name is there.
    private const int Exists = 17;

    /// <summary>By renameat2(2), in one step.</summary>
    /// <returns>False where the name is taken, or the system has no such call; nothing has changed.</returns>
    public static bool TryRename(string path, string target)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            return RenameAt(CurrentFolder, path, CurrentFolder, target, NoReplace) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>By link(2), which every Unix and network file system has; the old name goes too.</summary>
    /// <returns>False where the name is taken.</returns>
    /// <exception cref="IOException">It cannot be given.</exception>
    public static bool TryLink(string path, string target)
    {
        if (OperatingSystem.IsWindows())
            return TryMove(path, target);
        if (Link(path, target) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            var reason = new System.ComponentModel.Win32Exception(error);
            return error == Exists
                ? false
                : throw new IOException($"'{path}' cannot be named '{target}': {reason.Message}", reason);
        }

        TemporaryFiles.TryRemove(path);
        return true;
    }

    // On Windows it is one call.
    private static bool TryMove(string path, string target)
    {
        try
        {
            File.Move(path, target, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(target))
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(int oldFolder, string oldPath, int newFolder, string newPath, uint flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string oldPath, string newPath);
}
