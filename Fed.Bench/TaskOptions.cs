using System.CommandLine;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.Bench;

/// <summary>The options of a benchmark that trains a model of a task and tries it on made programmes.</summary>
/// <param name="task">Short name of the task.</param>
/// <param name="media">What lies below the sources directory.</param>
internal sealed class TaskOptions(string task, string media)
{
    public Option<FileInfo> Json { get; } = JsonFile.Option();

    public Option<string> Data { get; } = new("--data")
    {
        Description = $"data folder of the task '{task}'",
        DefaultValueFactory = _ => Path.Combine("data", TaskNames.FolderOf(task)),
    };

    public Option<string> Sources { get; } = new("--sources")
    {
        Description = $"directory below which the paths of the {media} lie",
        DefaultValueFactory = _ => "/",
    };

    public Option<int> Passes { get; } = WholeNumber.Option("--passes", "over all houses' samples", 1, 1000, 20);

    public Option<int> Programmes { get; } = WholeNumber.Option("--programmes", "for each language", 1, 1000, 12);

    public Option<int> Seed { get; } =
        WholeNumber.Option("--seed", "of the model's start and of the programmes", 0, int.MaxValue, 1);

    /// <param name="run">Gets what was asked for; what it returns goes to the JSON file.</param>
    public Command ToCommand(string name, string description, Func<ParseResult, CancellationToken, Task<object>> run)
    {
        var command = new Command(name, description) { Json, Data, Sources, Passes, Programmes, Seed };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                JsonFile.Write(parsed.GetValue(Json), await run(parsed, cancellation));
                return 0;
            }
            catch (Exception error) when (error is DataFileException or MediaToolException)
            {
                await Console.Error.WriteLineAsync($"fed bench: {error.Message}");
                return 1;
            }
        });
        return command;
    }
}

/// <summary>Errors in time, as benchmarks print them.</summary>
internal static class TimeErrors
{
    /// <returns>Milliseconds; null: there are none.</returns>
    public static double? Median(IEnumerable<double> seconds)
    {
        var sorted = seconds.Order().ToArray();
        return sorted.Length == 0 ? null : 1000 * (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }
}
