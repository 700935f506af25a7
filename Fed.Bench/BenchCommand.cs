using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Fed.Bench.Ingest;
using Fed.Bench.Kernels;
using Fed.Bench.Training;
using Fed.Client;

namespace Fed.Bench;

/// <summary><c>fed bench</c>: all benchmarks.</summary>
internal static class BenchCommand
{
    public static Command Create() =>
        new("bench", "Benchmarks of FedHier: every figure is measured in the run that prints it.")
        {
            TrainingCommand.Create(),
            FoldCommand.Create(),
            ExactCommand.Create(),
            MemoryCommand.Create(),
            MemoryCommand.CreateChild(),
            KernelsCommand.Create(),
            PeersCommand.Create(),
            RobustnessCommand.Create(),
            CommunicationCommand.Create(),
            IngestCommand.Create(),
            RoundCommand.Create(),
            TransportCommand.Create(),
            RollbackCommand.Create(),
            ScanBenchCommand.Create(),
            ScanQualityCommand.Create(),
            PictureQualityCommand.Create(),
            SubtitleBenchCommand.Create(),
            QualityCommand.Create(),
            MultimodalBenchCommand.Create(),
            PlateBenchCommand.Create(),
            TransferCommand.Create(),
            ReportCommand.Create(),
        };
}

/// <summary>An option that is a whole number between bounds, which help and refusals name.</summary>
internal static class WholeNumber
{
    public static Option<int> Option(string name, string text, int least, int most, int usual)
    {
        var option = new Option<int>(name)
        {
            Description = $"{text}, {least} to {most}",
            DefaultValueFactory = _ => usual,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var given && (given < least || given > most))
                result.AddError($"{name} is {given}; it must be {least} to {most}");
        });
        return option;
    }
}

/// <summary>The <c>--json FILE</c> of every benchmark.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Option<FileInfo> Option() => new("--json")
    {
        Description = "write the figures to this file, too",
        HelpName = "FILE",
    };

    /// <summary>Writes the figures, unless no file was asked for.</summary>
    public static void Write(FileInfo? file, object figures)
    {
        if (file is not null)
            File.WriteAllText(file.FullName, JsonSerializer.Serialize(figures, figures.GetType(), Format));
    }
}

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

/// <summary>The copy of FedHier's repository that the benchmark was started in.</summary>
internal static class Repository
{
    /// <exception cref="IOException">This folder is in no copy of the repository.</exception>
    public static string Path(params string[] parts)
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "FedHier.sln")))
                return System.IO.Path.Combine([folder.FullName, .. parts]);
        }

        throw new IOException(
            $"{Environment.CurrentDirectory} is in no copy of FedHier's repository: start this inside of one");
    }
}
