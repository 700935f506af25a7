using System.Runtime.InteropServices;
using TorchSharp;

namespace Fed.Training.Torch.Native;

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
            or EntryPointNotFoundException or TypeInitializationException or NotSupportedException or InvalidDataException)
        {
            throw new TorchUnavailableException(
                $"libtorch in {folder} cannot be loaded: {error.Message.ReplaceLineEndings(" ").Trim()}; it needs glibc 2.34 "
                + "and libstdc++ of GCC 12 or later (Debian 12, Ubuntu 22.04), and files as the build laid them out",
                error);
        }

        return new Libtorch(folder, standard, WeakMark: !standard.IsNewEnough);
    }

    /// <summary>
    /// TorchSharp's own library is linked against <see cref="StandardLibrary.WantedVersion"/>, by one symbol to which no
    /// relocation refers. Where the system's libstdc++ is older, a copy whose need for it is marked weak does as well. The
    /// file itself is left alone: it may be a hard link into the package cache.
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
