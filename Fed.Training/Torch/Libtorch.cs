using System.Runtime.InteropServices;
using TorchSharp;

namespace Fed.Training.Torch;

/// <summary>libtorch in this process: loaded once, before any of TorchSharp's calls.</summary>
/// <param name="Folder">Where its files are.</param>
/// <param name="StandardLibrary">That it runs on.</param>
/// <param name="WeakMark">libLibTorchSharp.so was loaded from a copy with a version marked weak.</param>
public sealed record Libtorch(string Folder, StandardLibrary StandardLibrary, bool WeakMark)
{
    private static readonly Lazy<Libtorch> InProcess = new(() => LoadFrom(
        Environment.GetEnvironmentVariable(LibtorchFolder.Variable), AppContext.BaseDirectory));

    /// <summary>Loads it at the first call.</summary>
    /// <exception cref="TorchUnavailableException">It cannot be loaded; every later call says so again.</exception>
    public static Libtorch Load() => InProcess.Value;

    /// <param name="named">Value of <see cref="LibtorchFolder.Variable"/>.</param>
    /// <param name="program">Folder of the program.</param>
    /// <inheritdoc cref="Load"/>
    internal static Libtorch LoadFrom(string? named, string program)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            throw new TorchUnavailableException(
                "libtorch is used on Linux x64 only here; this is "
                + $"{RuntimeInformation.RuntimeIdentifier}: use the managed trainer");
        }

        var version = typeof(torch).Assembly.GetName().Version!.ToString(3);
        var folder = LibtorchFolder.Find(named, program, version);
        var standard = StandardLibrary.Load();
        Allocator.KeepMemory();
        try
        {
            foreach (var library in LibtorchFolder.Libraries)
                NativeLibrary.Load(Path.Combine(folder, library));
            LoadBinding(Path.Combine(folder, LibtorchFolder.Binding), standard);
            torch.InitializeDeviceType(DeviceType.CPU);
            Backends.UseOwnConvolutions(NativeLibrary.Load(Path.Combine(folder, LibtorchFolder.Tensors)));
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException
            or EntryPointNotFoundException or TypeInitializationException or NotSupportedException
            or InvalidDataException)
        {
            throw new TorchUnavailableException(
                $"libtorch in {folder} cannot be loaded: {error.Message.ReplaceLineEndings(" ").Trim()}; it needs "
                + "glibc 2.34 and libstdc++ of GCC 12 or later (Debian 12, Ubuntu 22.04), and files as the build laid "
                + "them out",
                error);
        }

        return new Libtorch(folder, standard, WeakMark: !standard.IsNewEnough);
    }

    /// <summary>
    /// TorchSharp's own library is linked against <see cref="StandardLibrary.WantedVersion"/>, by one symbol to which
    /// no relocation refers. Where the system's libstdc++ is older, a copy whose need for it is marked weak does as
    /// well. The file itself is left alone: it may be a hard link into the package cache.
    /// </summary>
    private static void LoadBinding(string file, StandardLibrary standard)
    {
        if (standard.IsNewEnough)
        {
            NativeLibrary.Load(file);
            return;
        }

        var copy = File.ReadAllBytes(file);
        if (ElfVersions.MarkWeak(copy, StandardLibrary.WantedVersion) == 0)
            throw new InvalidDataException($"{file} does not name {StandardLibrary.WantedVersion}");
        PrivateCopy.Load(LibtorchFolder.Binding, copy);
    }
}

/// <summary>libtorch cannot be loaded on this machine; the message says what is missing and what helps.</summary>
public sealed class TorchUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Where libtorch's files are: laid out once by the build, for all programs (Libtorch.targets).</summary>
internal static class LibtorchFolder
{
    /// <summary>Names the folder, before all others.</summary>
    public const string Variable = "FED_LIBTORCH";

    public const string Binding = "libLibTorchSharp.so";

    public const string Tensors = "libtorch_cpu.so";

    /// <summary>From the program's folder up; artifacts is four above a build's output.</summary>
    private const int Levels = 6;

    /// <summary>In the order in which they are loaded, each after those that it needs.</summary>
    public static IReadOnlyList<string> Libraries { get; } =
        ["libgomp-98b21ff3.so.1", "libc10.so", Tensors, "libtorch.so"];

    /// <summary>
    /// The folder that <paramref name="named"/> says, else <c>libtorch/VERSION</c> in the program's folder or in
    /// one of the folders above it: that is artifacts/ for what was built here, and the program's own for one that
    /// was published.
    /// </summary>
    /// <param name="named">Value of <see cref="Variable"/>.</param>
    /// <param name="program">Folder of the program.</param>
    /// <param name="version">Of TorchSharp, for example 0.107.0.</param>
    /// <exception cref="TorchUnavailableException">There is none, or it is not whole.</exception>
    public static string Find(string? named, string program, string version)
    {
        if (!string.IsNullOrEmpty(named))
            return Whole(Path.GetFullPath(named), $"{Variable} names that folder; correct or unset it");
        var relative = Path.Combine("libtorch", version);
        var above = new DirectoryInfo(program);
        for (var level = 0; level < Levels && above is not null; level++, above = above.Parent)
        {
            var folder = Path.Combine(above.FullName, relative);
            if (Directory.Exists(folder))
                return Whole(folder, "remove that folder and build again");
        }

        throw new TorchUnavailableException(
            $"libtorch is not there: no folder {relative} in {program} or above it; build this repository on Linux "
            + $"x64, or copy artifacts/{relative} from such a build there, or name it in {Variable}");
    }

    private static string Whole(string folder, string remedy)
    {
        var missing = Libraries.Append(Binding).Where(file => !File.Exists(Path.Combine(folder, file))).ToArray();
        return missing.Length == 0
            ? folder
            : throw new TorchUnavailableException(
                $"libtorch is not whole: {folder} lacks {string.Join(", ", missing)}; {remedy}");
    }
}

/// <summary>The C++ standard library that this process has loaded.</summary>
/// <param name="Path">Its file.</param>
/// <param name="IsNewEnough">It has GLIBCXX_3.4.32, which libLibTorchSharp.so was linked against.</param>
public sealed record StandardLibrary(string Path, bool IsNewEnough)
{
    /// <summary>Of GCC 13.2; Debian 13 and Ubuntu 24.04 have it, Debian 12 and Ubuntu 22.04 do not.</summary>
    public const string WantedVersion = "GLIBCXX_3.4.32";

    /// <summary>
    /// The symbol that came with that version, and the only one of it that TorchSharp's library names.
    /// </summary>
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

/// <summary>
/// glibc's malloc, told to keep what libtorch frees. Every step of training allocates the same activations again; with
/// the defaults those above 128 KB are mapped and unmapped each time, and the kernel clears their pages. Measured at
/// batches of 256: docs/training.md.
/// </summary>
internal static class Allocator
{
    // mallopt(3): M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, M_TOP_PAD.
    private static readonly (int Parameter, int Bytes)[] Settings = [(-3, 256 << 20), (-1, 512 << 20), (-2, 16 << 20)];

    /// <returns>Whether there is a mallopt that took them; other C libraries have none, and nothing changes.</returns>
    public static unsafe bool KeepMemory()
    {
        if (!NativeLibrary.TryLoad("libc.so.6", out var libc)
            || !NativeLibrary.TryGetExport(libc, "mallopt", out var at))
            return false;
        var set = (delegate* unmanaged<int, int, int>)at;
        var taken = true;
        foreach (var (parameter, bytes) in Settings)
            taken &= set(parameter, bytes) == 1;
        return taken;
    }
}

/// <summary>
/// Which of its convolution libraries libtorch may use: its own code, and neither of these two.
/// <list type="bullet">
/// <item>oneDNN (3.7.1, in libtorch 2.10) takes memory that it has not written for zeros where it pads channels to its
/// blocks: in 128 of 200 small random models the trained parameters were wrong, or not finite, from the second step on,
/// with AVX2 as with AVX-512 (docs/adr/0008). Without it none was.</item>
/// <item>NNPACK is never used in training, and where it does not know the processor it says so on standard error, once
/// a convolution.</item>
/// </list>
/// TorchSharp has no call for these switches; they are functions of libtorch_cpu.so (at::globalContext() and
/// at::Context::setUserEnabled...), of the one version that the build lays out.
/// </summary>
internal static unsafe class Backends
{
    /// <param name="libtorch">Handle of libtorch_cpu.so.</param>
    /// <exception cref="EntryPointNotFoundException">It is another version.</exception>
    public static void UseOwnConvolutions(nint libtorch)
    {
        var context = ((delegate* unmanaged<nint>)NativeLibrary.GetExport(libtorch, "_ZN2at13globalContextEv"))();
        SwitchOff(libtorch, context, "_ZN2at7Context20setUserEnabledMkldnnEb");
        SwitchOff(libtorch, context, "_ZN2at7Context20setUserEnabledNNPACKEb");
    }

    private static void SwitchOff(nint libtorch, nint context, string name) =>
        ((delegate* unmanaged<nint, byte, void>)NativeLibrary.GetExport(libtorch, name))(context, 0);
}
