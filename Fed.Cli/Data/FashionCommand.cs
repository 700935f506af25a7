using System.CommandLine;
using Fed.MediaQc.Fashion;

namespace Fed.Cli.Data;

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
        command.SetAction((parsed, _) => DataErrors.ReportAsync(() =>
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
            return Task.FromResult(0);
        }));
        return command;
    }
}
