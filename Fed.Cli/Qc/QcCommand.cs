using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Contracts;
using Fed.MediaQc.Scan;

namespace Fed.Cli.Qc;

/// <summary><c>fed qc</c>: what QC operators do.</summary>
internal static class QcCommand
{
    public static Command Create() => new("qc", "Check media files (QC operators)")
    {
        ScanCommand.Create(),
        ProfileCommand.Create(),
        AnonymiseCommand.Create(),
    };
}

/// <summary><c>fed qc profile</c>: the shipped limits, to look at or to begin one's own with.</summary>
internal static class ProfileCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "One of the shipped profiles; without it their names are listed",
            DefaultValueFactory = _ => null,
        };
        name.CompletionSources.Add(_ => ScanProfile.Names.Select(each => new CompletionItem(each)));
        var json = new Option<bool>("--json") { Description = "List the profiles as JSON" };
        var command = new Command("profile", "Print a profile, the limits that 'fed qc scan' checks against, as JSON")
        {
            name, json,
        };
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(name) is not { } chosen)
            {
                output.WriteLine(parsed.GetValue(json)
                    ? JsonSerializer.Serialize(ScanProfile.Names, FedJson.Indented)
                    : string.Join(Environment.NewLine, ScanProfile.Names));
                return ExitCode.Success;
            }

            if (!ScanProfile.Names.Contains(chosen))
            {
                Console.Error.WriteLine($"fed qc profile: there is no profile '{chosen}'; shipped are "
                    + string.Join(", ", ScanProfile.Names));
                return ExitCode.Usage;
            }

            output.WriteLine(ScanProfile.Text(chosen).TrimEnd());
            return ExitCode.Success;
        });
        return command;
    }
}
