using System.CommandLine;
using System.Reflection;
using Fed.Client;

namespace Fed.Cli.Commands;

/// <summary><c>fed version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Print the version");
        command.SetAction(_ =>
        {
            var version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
            Console.WriteLine($"fed {version?.InformationalVersion.Split('+')[0]}");
            return ExitCode.Success;
        });
        return command;
    }
}
