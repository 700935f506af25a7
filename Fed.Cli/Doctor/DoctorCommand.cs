using System.CommandLine;
using System.Text.Json;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Contracts;
using Fed.Training;

namespace Fed.Cli.Doctor;

/// <summary><c>fed doctor</c>.</summary>
internal static class DoctorCommand
{
    private static readonly Option<string> State = new("--state")
    {
        Description = "Folder in which a participant will keep its state",
        DefaultValueFactory = _ => ".fed",
    };

    private static readonly Option<TrainerKind> Trainer = TrainerOption.Create();

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print the findings as JSON",
    };

    public static Command Create()
    {
        var command = new Command(
            "doctor", "Say whether this machine can take part: libtorch, state folder, ffmpeg, cores; exit code 1 if not")
        {
            State, Trainer, Json,
        };
        command.SetAction(parsed =>
        {
            var diagnosis = Checkup.Run(parsed.GetValue(State)!, parsed.GetValue(Trainer));
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(Json))
                output.WriteLine(JsonSerializer.Serialize(diagnosis, FedJson.Indented));
            else
                Print(diagnosis, output);
            return diagnosis.Healthy ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }

    private static void Print(Diagnosis diagnosis, TextWriter output)
    {
        foreach (var check in diagnosis.Checks)
        {
            var state = check.Works ? "ok" : check.Needed ? "FAILS" : "absent";
            output.WriteLine($"{check.Name,-14}{state,-8}{check.Finding}");
        }
    }
}
