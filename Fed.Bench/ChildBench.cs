using System.Diagnostics;
using Fed.Client.Children;

namespace Fed.Bench;

/// <summary>Starts this program again, for what needs a process of its own.</summary>
internal static class ChildBench
{
    /// <summary>Runs <c>fed bench</c> with the arguments and waits for its end.</summary>
    /// <param name="capture">True: returns what it prints; false: it prints here.</param>
    /// <exception cref="InvalidOperationException">It ended with another code than 0.</exception>
    public static string Run(IEnumerable<string> arguments, bool capture)
    {
        var start = Programs.Self(["bench", .. arguments]);
        start.RedirectStandardOutput = capture;
        using var child = Process.Start(start)
            ?? throw new InvalidOperationException($"{start.FileName} did not start");
        var output = capture ? child.StandardOutput.ReadToEnd() : "";
        child.WaitForExit();
        return child.ExitCode == 0
            ? output
            : throw new InvalidOperationException(
                $"bench {string.Join(' ', arguments)} ended with code {child.ExitCode}: see its message above");
    }
}
