namespace Fed.Training.Torch.Native;

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
    /// The folder that <paramref name="named"/> says, else <c>libtorch/VERSION</c> in the program's folder or in one of
    /// the folders above it: that is artifacts/ for what was built here, and the program's own for one that was
    /// published.
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
            $"libtorch is not there: no folder {relative} in {program} or above it; build this repository on Linux x64, or "
            + $"copy artifacts/{relative} from such a build there, or name it in {Variable}");
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
