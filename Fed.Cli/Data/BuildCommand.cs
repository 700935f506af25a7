using System.CommandLine;
using Fed.MediaQc.Pipeline;

namespace Fed.Cli.Data;

/// <summary><c>fed data build</c>: the media-QC set from images, through real encoders.</summary>
internal static class BuildCommand
{
    public static Command Create()
    {
        var plan = new Option<FileInfo?>("--plan") { Description = "Build plan (JSON); default: the shipped one" };
        var sources = new Option<string>("--sources")
        {
            Description = "Directory below which the plan's image paths lie",
            DefaultValueFactory = _ => "/",
        };
        var output = new Option<string>("--out")
        {
            Description = "Data folder to write",
            DefaultValueFactory = _ => Path.Combine("data", "media-qc"),
        };
        var seed = new Option<int>("--seed")
        {
            Description = "Every random choice follows from it",
            DefaultValueFactory = _ => 1,
        };
        var jobs = new Option<int>("--jobs")
        {
            Description = "Clips made at the same time (1 to 64)",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        jobs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 64)
                result.AddError("--jobs must be 1 to 64");
        });
        var measures = new Option<string?>("--measures") { Description = "CSV file for what was measured on each patch" };
        var replace = ReplaceOption.Create();
        var command = new Command(
            "build", "Build the media-QC set from images, with ffmpeg's encoders; nothing changes until all is built")
        {
            plan, sources, output, seed, jobs, measures, replace,
        };
        command.SetAction((parsed, cancel) => DataErrors.ReportAsync(async () =>
        {
            var file = parsed.GetValue(plan);
            var chosen = file is null ? BuildPlan.Default() : BuildPlan.Read(file.FullName);
            var options = new BuildOptions(
                parsed.GetValue(sources)!,
                parsed.GetValue(output)!,
                parsed.GetValue(seed),
                parsed.GetValue(jobs),
                parsed.GetValue(measures),
                parsed.GetValue(replace));
            await new DatasetBuilder(chosen, options, Console.WriteLine).RunAsync(cancel);
            return 0;
        }));
        return command;
    }
}
