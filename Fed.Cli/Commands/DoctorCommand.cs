using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fed.Cli.Admin;
using Fed.Client;
using Fed.Contracts;
using Fed.MediaQc.Pipeline;
using Fed.Training;
using Fed.Training.Torch;

namespace Fed.Cli.Commands;

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

    private static readonly Option<Uri?> Server = new("--server")
    {
        Description = "Look at this deployment instead of the machine: does its gateway serve, is its clock right, what "
            + "are its federations waiting for",
        CustomParser = AdminOptions.ParseServer,
    };

    public static Command Create()
    {
        var command = new Command(
            "doctor",
            "Say whether this machine can take part (libtorch, state folder, ffmpeg, cores), or whether a deployment "
            + "serves, and what helps; exit code 1 if not")
        {
            Server, State, Trainer, Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var diagnosis = parsed.GetValue(Server) is { } server
                ? await DeploymentCheckup.RunAsync(server, TimeProvider.System, cancellation)
                : Checkup.Run(parsed.GetValue(State)!, parsed.GetValue(Trainer));
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
            var state = check.Works ? "ok" : check.Needed ? "FAILS" : check.IsAdvice ? "look" : "absent";
            output.WriteLine($"{check.Name,-20}{state,-8}{check.Finding}");
        }
    }
}

/// <summary>One thing that was tried.</summary>
/// <param name="Needed">What was asked for does not work without it.</param>
/// <param name="Finding">What was found, or what is wrong and what helps.</param>
/// <param name="IsAdvice">If it does not work, a person is to look at it: it is there.</param>
internal sealed record Check(string Name, bool Works, bool Needed, string Finding, bool IsAdvice = false);

/// <param name="Libtorch">As it was loaded; null: it could not be, or was not asked for.</param>
internal sealed record Diagnosis(IReadOnlyList<Check> Checks, Libtorch? Libtorch)
{
    /// <summary>All that is needed works.</summary>
    public bool Healthy => Checks.All(check => check.Works || !check.Needed);
}

/// <summary>Tries for real what a participant's machine has to do.</summary>
internal static class Checkup
{
    /// <param name="stateFolder">Where a participant keeps its state; made if it is not there.</param>
    /// <param name="trainer">That is to work: for <see cref="TrainerKind.Managed"/> libtorch is not needed.</param>
    public static Diagnosis Run(string stateFolder, TrainerKind trainer)
    {
        var (libtorch, loads) = TryLibtorch(trainer);
        return new Diagnosis([loads, TryFolder(stateFolder), TryFfmpeg(), Cores()], libtorch);
    }

    private static (Libtorch?, Check) TryLibtorch(TrainerKind trainer)
    {
        var needed = trainer != TrainerKind.Managed;
        try
        {
            var loaded = Libtorch.Load();
            var age = loaded.WeakMark
                ? $"older than {StandardLibrary.WantedVersion}, which a copy in memory marks weak"
                : $"has {StandardLibrary.WantedVersion}";
            return (loaded, new Check(
                "libtorch", true, needed, $"loaded from {loaded.Folder}; {loaded.StandardLibrary.Path} ({age})"));
        }
        catch (TorchUnavailableException missing)
        {
            return (null, new Check("libtorch", false, needed, missing.Message));
        }
    }

    private static Check TryFolder(string folder)
    {
        var full = Path.GetFullPath(folder);
        try
        {
            Directory.CreateDirectory(full);
            using var file = new FileStream(
                Path.Combine(full, $".doctor-{Guid.NewGuid():N}"),
                FileMode.CreateNew,
                FileAccess.Write,
                FileShare.None,
                bufferSize: 1,
                FileOptions.DeleteOnClose);
            file.WriteByte(0);
            file.Flush(flushToDisk: true);
            return new Check("state folder", true, true, $"{full} is writable");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Check(
                "state folder",
                false,
                true,
                $"{full} is not writable ({error.Message}); mend it, or name another by --state");
        }
    }

    private static Check TryFfmpeg() => Ffmpeg.IsInstalled()
        ? new Check("ffmpeg", true, false, "found")
        : new Check(
            "ffmpeg", false, false, "not found; 'fed data build' and the tests need it: apt-get install ffmpeg");

    private static Check Cores() => new(
        "cores", true, false, Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));
}
