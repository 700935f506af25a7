using System.CommandLine;
using System.Text.Json;
using Fed.Client;
using Fed.Contracts;
using Fed.MediaQc.Audio;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Plates;
using Fed.MediaQc.Programmes;
using Spectre.Console;

namespace Fed.Cli.Commands;

/// <summary><c>fed data</c>: makes and shows data folders.</summary>
public static class DataCommand
{
    public static Command Create() =>
        new("data", "Make and show the data sets that federations train on")
        {
            BuildCommand.Create(),
            FashionCommand.Create(),
            ShowCommand.Create(),
        };
}

/// <summary><c>fed data build</c>: a task's set from real media, through real encoders.</summary>
internal static class BuildCommand
{
    public static Command Create()
    {
        var task = new Option<string>("--task")
        {
            Description = "Task to build",
            DefaultValueFactory = _ => TaskNames.Video,
        };
        task.AcceptOnlyFromAmong([.. TaskNames.Known]);
        var plan = new Option<FileInfo?>("--plan") { Description = "Build plan (JSON); default: the shipped one" };
        var sources = new Option<string>("--sources")
        {
            Description = "Directory below which the plan's paths of images and recordings lie",
            DefaultValueFactory = _ => "/",
        };
        var output = new Option<string?>("--out")
        {
            Description = "Data folder to write; default: the task's in data/",
        };
        var seed = new Option<int>("--seed")
        {
            Description = "Every random choice follows from it",
            DefaultValueFactory = _ => 1,
        };
        var jobs = new Option<int>("--jobs")
        {
            Description = "Clips or programmes made at the same time (1 to 64)",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        jobs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 64)
                result.AddError("--jobs must be 1 to 64");
        });
        var measures = new Option<string?>("--measures")
        {
            Description = "CSV file for what was measured on each sample",
        };
        var replace = ReplaceOption.Create();
        var crops = new Option<string?>("--crops")
        {
            Description = "Folder with plate/ and background/: a participant's folder of a house's own crops, "
                + "written to --out (task plates)",
        };
        var command = new Command(
            "build", "Build a task's set from media; nothing changes until all of it is built")
        {
            task, plan, sources, output, seed, jobs, measures, replace, crops,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(crops) is not null
                && (result.GetValue(task) != TaskNames.Plates || result.GetValue(output) is null))
            {
                result.AddError($"--crops is for --task {TaskNames.Plates}, and needs --out");
            }
        });
        command.SetAction((parsed, cancel) => Failures.ReportAsync("fed data build", async () =>
        {
            var name = parsed.GetValue(task)!;
            if (parsed.GetValue(crops) is { } own)
            {
                await new PlateCrops(own, parsed.GetValue(output)!, parsed.GetValue(replace), Console.WriteLine)
                    .RunAsync(cancel);
                return ExitCode.Success;
            }

            var options = new BuildOptions(
                parsed.GetValue(sources)!,
                parsed.GetValue(output) ?? Path.Combine("data", TaskNames.FolderOf(name)),
                parsed.GetValue(seed),
                parsed.GetValue(jobs),
                parsed.GetValue(measures),
                parsed.GetValue(replace));
            await BuildAsync(name, parsed.GetValue(plan)?.FullName, options, cancel);
            return ExitCode.Success;
        }, cancel));
        return command;
    }

    /// <param name="plan">File of another plan than the shipped one, or null.</param>
    private static Task BuildAsync(string task, string? plan, BuildOptions options, CancellationToken cancel) =>
        task switch
        {
            TaskNames.Audio => new AudioBuilder(
                plan is null ? AudioPlan.Default() : AudioPlan.Read(plan), options, Console.WriteLine).RunAsync(cancel),
            TaskNames.Video => new DatasetBuilder(
                plan is null ? BuildPlan.Default() : BuildPlan.Read(plan), options, Console.WriteLine).RunAsync(cancel),
            TaskNames.Subtitles => new SubtitleBuilder(
                plan is null ? SubtitlePlan.Default() : SubtitlePlan.Read(plan), options, Console.WriteLine)
                .RunAsync(cancel),
            TaskNames.Multimodal => new ProgrammeBuilder(
                plan is null ? ProgrammePlan.Default() : ProgrammePlan.Read(plan), options, Console.WriteLine)
                .RunAsync(cancel),
            TaskNames.Plates => new PlateBuilder(
                plan is null ? PlatePlan.Default() : PlatePlan.Read(plan), options, Console.WriteLine)
                .RunAsync(cancel),
            _ => throw new ArgumentException($"task '{task}' cannot be built"),
        };
}

/// <summary><c>fed data fashion</c>: Fashion-MNIST in the 200-shard split.</summary>
internal static class FashionCommand
{
    public static Command Create()
    {
        var source = new Option<string>("--source")
        {
            Description = "Folder with the idx files (Debian package dataset-fashion-mnist)",
            DefaultValueFactory = _ => "/usr/share/datasets/fashion-mnist",
        };
        var output = new Option<string>("--out") { Description = "Data folder to write", Required = true };
        var participants = new Option<int>("--participants")
        {
            Description = "Participants, a multiple of 5",
            DefaultValueFactory = _ => 100,
        };
        var seed = new Option<int>("--seed") { Description = "Of the split", DefaultValueFactory = _ => 1 };
        var replace = ReplaceOption.Create();
        var command = new Command("fashion", "Write Fashion-MNIST in the 200-shard non-IID split of McMahan et al.")
        {
            source, output, participants, seed, replace,
        };
        command.SetAction((parsed, cancel) => Failures.ReportAsync("fed data fashion", () =>
        {
            var folder = parsed.GetValue(output)!;
            FashionBuilder.Build(
                parsed.GetValue(source)!,
                folder,
                parsed.GetValue(participants),
                shardsEach: 2,
                parsed.GetValue(seed),
                parsed.GetValue(replace));
            Console.WriteLine($"{folder}: {parsed.GetValue(participants)} participants with 2 shards each");
            return Task.FromResult(ExitCode.Success);
        }, cancel));
        return command;
    }
}

/// <summary><c>fed data show DIR</c>: what a data folder or a participant's folder holds.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "Data folder, or one participant's folder" };
        var json = new Option<bool>("--json") { Description = "Print the counts as JSON" };
        var command = new Command("show", "Show what a data folder holds, after checking every file")
        {
            directory, json,
        };
        command.SetAction((parsed, cancel) => Failures.ReportAsync("fed data show", () =>
        {
            var (title, parts) = Read(parsed.GetValue(directory)!);
            if (parsed.GetValue(json))
                PrintJson(title, parts);
            else
                Print(title, parts);
            return Task.FromResult(ExitCode.Success);
        }, cancel));
        return command;
    }

    private static (string Title, IReadOnlyList<(string Name, PatchSet Set)> Parts) Read(string directory)
    {
        if (File.Exists(Path.Combine(directory, "train.fqc")))
        {
            return (
                Path.GetFileName(Path.GetFullPath(directory)),
                [
                    .. new[] { "train", "validation" }.Select(part =>
                        (part, FqcFile.Read(Path.Combine(directory, part + ".fqc")))),
                ]);
        }

        var folder = DataFolder.Open(directory);
        var names = folder.Participants
            .SelectMany(participant => new[] { "train", "validation" }, (participant, part) =>
                $"{participant.Name} ({participant.Cluster}) {part}")
            .Concat(folder.Clusters.Select(key => $"test {key}"));
        return (folder.Task.Name, [.. names.Zip(folder.ReadAll(), (name, read) => (name, read.Patches))]);
    }

    private static void PrintJson(string title, IReadOnlyList<(string Name, PatchSet Set)> parts) =>
        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                name = title,
                parts = parts.Select(part => new
                {
                    name = part.Name,
                    samples = part.Set.Count,
                    sources = part.Set.Sources.Count,
                    classes = part.Set.Classes.Zip(part.Set.CountByClass())
                        .ToDictionary(one => one.First, one => one.Second),
                }),
            },
            FedJson.Indented));

    private static void Print(string title, IReadOnlyList<(string Name, PatchSet Set)> parts)
    {
        var table = new Table().Title(title).AddColumn("part", part => part.NoWrap());
        table.AddColumns("samples", "sources");
        foreach (var label in parts[0].Set.Classes)
            table.AddColumn(label);
        foreach (var (name, set) in parts)
        {
            var counts = set.CountByClass().Select(count => $"{count}");
            table.AddRow([name, $"{set.Count}", $"{set.Sources.Count}", .. counts]);
        }

        var screen = Screen.Create();
        screen.Write(table);
        screen.WriteLine($"{parts.Sum(part => part.Set.Count)} samples, every checksum is right");
    }
}

/// <summary><c>--replace</c> of the commands that write data folders.</summary>
internal static class ReplaceOption
{
    public static Option<bool> Create() => new("--replace")
    {
        Description = "Put the new data folder in the place of one of another plan, which is removed",
    };
}
