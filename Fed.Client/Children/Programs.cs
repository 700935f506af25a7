using System.Diagnostics;
using Fed.Client.Agent;
using Fed.Client.Commands;

namespace Fed.Client.Children;

/// <summary>How the programs of this repository are started from one of them.</summary>
internal static class Programs
{
    /// <summary>Names another Fed.Silo.dll than the one that was built beside this program.</summary>
    public const string SiloVariable = "FED_SILO_DLL";

    /// <summary>A connection string: a silo that has it keeps its blobs there, not in its data folder.</summary>
    public const string BlobsVariable = "FED_BLOBS";

    /// <summary>This very program, with other arguments.</summary>
    public static ProcessStartInfo Self(IEnumerable<string> arguments) =>
        Managed(Path.Combine(AppContext.BaseDirectory, "Fed.Client.dll"), arguments);

    /// <summary>The silo; on Linux it is told to stop when we die, however we die.</summary>
    /// <exception cref="AgentException">It is not there.</exception>
    public static ProcessStartInfo Silo(IEnumerable<string> arguments)
    {
        var library = FindSilo();
        var start = Managed(library, arguments);
        if (!OperatingSystem.IsLinux() || FindOnPath("setpriv") is not { } setpriv)
            return start;
        return new ProcessStartInfo(setpriv, ["--pdeathsig", "TERM", start.FileName, .. start.ArgumentList]);
    }

    private static ProcessStartInfo Managed(string library, IEnumerable<string> arguments) =>
        new(Host(), [library, .. arguments]);

    /// <summary>The dotnet that runs us, unless we run under a host of our own.</summary>
    private static string Host() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    private static string FindSilo()
    {
        if (Environment.GetEnvironmentVariable(SiloVariable) is { Length: > 0 } named)
            return Existing(named, $"{SiloVariable} names it; correct or unset that variable");
        var ours = new DirectoryInfo(AppContext.BaseDirectory);
        return Existing(
            Path.GetFullPath(Path.Combine(ours.FullName, "..", "..", "Fed.Silo", ours.Name, "Fed.Silo.dll")),
            $"build Fed.Silo, or name its Fed.Silo.dll in {SiloVariable}");
    }

    private static string Existing(string path, string remedy) => File.Exists(path)
        ? path
        : throw new AgentException(ExitCode.Usage, $"there is no silo at {path}; {remedy}");

    private static string? FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
