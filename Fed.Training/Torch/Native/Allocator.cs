using System.Runtime.InteropServices;

namespace Fed.Training.Torch.Native;

/// <summary>
/// glibc's malloc, told to keep what libtorch frees. Every step of training allocates the same activations again; with the
/// defaults those above 128 KB are mapped and unmapped each time, and the kernel clears their pages. Measured at batches
/// of 256: docs/training.md.
/// </summary>
internal static class Allocator
{
    // mallopt(3): M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, M_TOP_PAD.
    private static readonly (int Parameter, int Bytes)[] Settings = [(-3, 256 << 20), (-1, 512 << 20), (-2, 16 << 20)];

    /// <returns>Whether there is a mallopt that took them; other C libraries have none, and nothing changes.</returns>
    public static unsafe bool KeepMemory()
    {
        if (!NativeLibrary.TryLoad("libc.so.6", out var libc) || !NativeLibrary.TryGetExport(libc, "mallopt", out var at))
            return false;
        var set = (delegate* unmanaged<int, int, int>)at;
        var taken = true;
        foreach (var (parameter, bytes) in Settings)
            taken &= set(parameter, bytes) == 1;
        return taken;
    }
}
