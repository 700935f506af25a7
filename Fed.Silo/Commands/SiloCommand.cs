using System.CommandLine;
using System.CommandLine.Help;
using System.Net;
using Fed.Silo.Hosting;

namespace Fed.Silo.Commands;

/// <summary>The command line of <c>fed silo</c>.</summary>
internal static class SiloCommand
{
    private static readonly Option<int> Port = new("--port")
    {
        Description = "Port to listen on; 0 takes a free one",
        DefaultValueFactory = _ => SiloOptions.DefaultPort,
    };

    private static readonly Option<string> Listen = new("--listen")
    {
        Description = "Address to listen on; other than loopback, put a proxy with TLS in front",
        DefaultValueFactory = _ => IPAddress.Loopback.ToString(),
    };

    private static readonly Option<string?> DataFolder = new("--data-dir")
    {
        Description = $"Folder of the silo's state (default: {SiloOptions.DefaultDataFolder})",
    };

    private static readonly Option<string[]> Federations = new("--federation")
    {
        Description = "JSON file of a federation to create at start unless it exists; repeatable",
    };

    private static readonly Option<bool> Memory = new("--memory")
    {
        Description = "Keep the state in memory; without --data-dir nothing outlives the process",
    };

    private const string Name = "silo";

    /// <summary>Reads the arguments that follow <c>fed silo</c>.</summary>
    public static ParseResult Parse(string[] args, Func<SiloOptions, bool, CancellationToken, Task<int>> run) =>
        new Command("fed") { new HelpOption(), new VersionOption(), Create(run) }.Parse([Name, .. args]);

    private static Command Create(Func<SiloOptions, bool, CancellationToken, Task<int>> run)
    {
        var command = new Command(Name, "Runs a FedHier silo: actors, gateway and status page in one process")
        {
            Port, Listen, DataFolder, Federations, Memory,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var memory = parsed.GetValue(Memory);
            var folder = parsed.GetValue(DataFolder);
            var throwAway = memory && folder is null;
            var options = new SiloOptions
            {
                Port = parsed.GetValue(Port),
                Listen = ParseAddress(parsed.GetValue(Listen)!),
                DataFolder = folder ?? (throwAway ? Directory.CreateTempSubdirectory("fed-silo-").FullName
                    : SiloOptions.DefaultDataFolder),
                InMemory = memory,
                FederationFiles = parsed.GetValue(Federations) ?? [],
            };
            return run(options, throwAway, cancellation);
        });
        return command;
    }

    private static IPAddress ParseAddress(string text) => IPAddress.TryParse(text, out var address)
        ? address
        : throw new ArgumentException($"--listen is '{text}'; give an IP address, for example 127.0.0.1 or 0.0.0.0");
}
