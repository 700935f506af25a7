using Fed.Client;
using Fed.Client.Agent;

namespace Fed.Cli.Commands;

/// <summary>Files that a command writes at its end: refused at its start if that will not be possible.</summary>
internal static class OutputFile
{
    /// <exception cref="AgentException">There can be no file at this path.</exception>
    public static void RequireWritable(string file, string option)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (!Directory.Exists(folder) || Directory.Exists(file))
        {
            throw new AgentException(
                ExitCode.Usage, $"{option} names '{file}', where no file can be; give a file in a folder that exists");
        }
    }
}
