using System.Runtime.InteropServices;

namespace Fed.Training.Torch.Native;

/// <summary>The C++ standard library that this process has loaded.</summary>
/// <param name="Path">Its file.</param>
/// <param name="IsNewEnough">It has GLIBCXX_3.4.32, which libLibTorchSharp.so was linked against.</param>
public sealed record StandardLibrary(string Path, bool IsNewEnough)
{
    /// <summary>Of GCC 13.2; Debian 13 and Ubuntu 24.04 have it, Debian 12 and Ubuntu 22.04 do not.</summary>
    public const string WantedVersion = "GLIBCXX_3.4.32";

    /// <summary>The symbol that came with that version, and the only one of it that TorchSharp's library names.</summary>
    private const string WantedSymbol = "_ZSt21ios_base_library_initv";

    private const string File = "libstdc++.so.6";

    /// <exception cref="TorchUnavailableException">There is none.</exception>
    public static StandardLibrary Load()
    {
        if (!NativeLibrary.TryLoad(File, out var handle))
        {
            throw new TorchUnavailableException(
                $"{File} is missing: install the C++ standard library (Debian and Ubuntu: apt-get install libstdc++6)");
        }

        return new StandardLibrary(LoadedFrom(), NativeLibrary.TryGetExport(handle, WantedSymbol, out _));
    }

    /// <summary>The last column of /proc/self/maps.</summary>
    private static string LoadedFrom() =>
        System.IO.File.ReadLines("/proc/self/maps")
            .Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .FirstOrDefault(path => System.IO.Path.GetFileName(path).StartsWith(File[..^2], StringComparison.Ordinal))
        ?? File;
}
