using System.CommandLine;

namespace Fed.Cli.Data;

/// <summary><c>--replace</c> of the commands that write data folders.</summary>
internal static class ReplaceOption
{
    public static Option<bool> Create() => new("--replace")
    {
        Description = "Put the new data folder in the place of one of another plan, which is removed",
    };
}
