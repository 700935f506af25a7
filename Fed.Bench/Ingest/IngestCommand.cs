using System.CommandLine;
using System.Globalization;
using Fed.Client.Protocol;

namespace Fed.Bench.Ingest;

/// <summary><c>fed bench ingest</c>: how fast a silo takes updates, and publishes versions of them.</summary>
public static class IngestCommand
{
    private const int MostSenders = 256;
    private const double MostSeconds = 600;
    private const int MostUpdates = 1_000_000;

    public static Command Create()
    {
        var json = JsonFile.Option();
        var full = new Option<bool>("--full")
        {
            Description = "longer turns; also the silo's memory over many updates, and with 100,000 participants",
        };
        var senders = new Option<int[]>("--senders")
        {
            Description = $"concurrent senders, 1 to {MostSenders}; default: 1 8 32",
            DefaultValueFactory = _ => [1, 8, 32],
            AllowMultipleArgumentsPerToken = true,
        };
        senders.Validators.Add(result =>
        {
            var values = result.GetValueOrDefault<int[]>() ?? [];
            foreach (var value in values.Where(value => value is < 1 or > MostSenders))
                result.AddError($"--senders is {value}; it must be 1 to {MostSenders}");
        });
        var seconds = new Option<double?>("--seconds")
        {
            Description = string.Create(
                CultureInfo.InvariantCulture, $"of each turn, above 0 to {MostSeconds}; default: 1, with --full 5"),
        };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is { } value && value is not (> 0 and <= MostSeconds))
                result.AddError($"--seconds is {value}; it must be above 0 and at most {MostSeconds}");
        });
        var updates = new Option<int>("--updates")
        {
            Description = $"of the memory curve of --full, 1 to {MostUpdates}",
            DefaultValueFactory = _ => 100_000,
        };
        updates.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value and (< 1 or > MostUpdates))
                result.AddError($"--updates is {value}; it must be 1 to {MostUpdates}");
        });
        var folder = new Option<DirectoryInfo>("--folder")
        {
            Description = "on the disk that is to be measured; the silo's data stand there while it runs, some GB",
            DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
            HelpName = "FOLDER",
        };
        var command = new Command(
            "ingest", "durable updates a second over HTTP, beside discarding them, and time to a version (a minute)")
        {
            json, full, senders, seconds, updates, folder,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var isFull = parsed.GetValue(full);
            var bench = new IngestBench(
                parsed.GetValue(folder)!.FullName,
                parsed.GetValue(senders)!,
                TimeSpan.FromSeconds(parsed.GetValue(seconds) ?? (isFull ? 5 : 1)),
                isFull ? parsed.GetValue(updates) : null,
                Console.Out);
            try
            {
                JsonFile.Write(parsed.GetValue(json), await bench.RunAsync(cancellation));
                return 0;
            }
            catch (Exception error) when (error is HttpRequestException or ProtocolException or InvalidDataException)
            {
                await Console.Error.WriteLineAsync($"fed bench: {error.Message}");
                return 1;
            }
        });
        return command;
    }
}
