using System.Diagnostics;

namespace Fed.Client;

/// <summary>How this program is started again, with other arguments.</summary>
/// <remarks>Silo and participant want other settings of the runtime than the commands that start them. Those have to be
/// there when a process starts, so they are variables of its environment; <c>null</c> removes one.</remarks>
internal static class Programs
{
    /// <summary>A connection string: a silo that has it keeps its blobs there, not in its data folder.</summary>
    public const string BlobsVariable = "FED_BLOBS";

    private const string ServerCollector = "DOTNET_gcServer";

    private const string ConcurrentCollector = "DOTNET_gcConcurrent";

    private const string Tiers = "DOTNET_TieredCompilation";

    /// <summary>
    /// 0: short measurements are not of code before its optimisation. The script <c>fed</c> sets it for benchmarks.
    /// </summary>
    private const string TierDelay = "DOTNET_TC_CallCountingDelayMs";

    /// <summary>This very program.</summary>
    public static ProcessStartInfo Self(IEnumerable<string> arguments) =>
        new(Host(), [Path.Combine(AppContext.BaseDirectory, "fed.dll"), .. arguments]);

    /// <summary>
    /// <c>fed join</c>, which lives for seconds here and spends them in a few loops: compiled fully at first use, a
    /// participant of 20 short rounds takes 1.7 s of processor time; with tiers 3.0 s.
    /// </summary>
    /// <param name="arguments">Those after <c>join</c>.</param>
    public static ProcessStartInfo Participant(IEnumerable<string> arguments)
    {
        var start = Self(["join", .. arguments]);
        start.Environment[Tiers] = "0";
        start.Environment[ConcurrentCollector] = "0";
        return start;
    }

    /// <summary>
    /// <c>fed silo</c>, with the garbage collector of a server, and compiled fully at first use: a round of 15 updates
    /// of 1 MB takes .15 s of its processor time, with tiers .33 s at first and .17 s after a hundred rounds.
    /// </summary>
    /// <param name="arguments">Those after <c>silo</c>.</param>
    public static ProcessStartInfo Silo(IEnumerable<string> arguments)
    {
        var start = Self(["silo", .. arguments]);
        start.Environment[ServerCollector] = "1";
        start.Environment.TryAdd(Tiers, "0");
        start.Environment[TierDelay] = null;
        return start;
    }

    /// <summary>The same; on Linux it is told to stop when the thread that starts it ends, however it ends.</summary>
    public static ProcessStartInfo BoundSilo(IEnumerable<string> arguments) => Bound(Silo(arguments));

    /// <summary>Likewise any program.</summary>
    /// <param name="signal">KILL: also while it waits, in order, for others to leave it.</param>
    public static ProcessStartInfo Bound(ProcessStartInfo start, string signal = "TERM")
    {
        if (!OperatingSystem.IsLinux() || FindOnPath("setpriv") is not { } setpriv)
            return start;
        foreach (var (index, word) in ((string[])["--pdeathsig", signal, start.FileName]).Index())
            start.ArgumentList.Insert(index, word);
        start.FileName = setpriv;
        return start;
    }

    /// <summary>The dotnet that runs us, unless we run under a host of our own.</summary>
    private static string Host() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    /// <returns>The program's path; null: there is none of this name.</returns>
    public static string? FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
