using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Fed.Client;
using Fed.Core.FailPoints;
using Fed.Grains.Folding;
using Fed.Silo.Hosting;
using Fed.Silo.Storage;
using Fed.Silo.Storage.Azure;
using Orleans.Runtime.MembershipService;

namespace Fed.Cli.Commands;

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

    private static readonly Option<string?> BlobFolder = new("--blobs")
    {
        Description = "Folder of blobs; the silos of a cluster share it (default: of the data folder)",
    };

    private static readonly Option<string?> KeyFolder = new("--keys")
    {
        Description = "Folder of the federations' private keys; the silos of a cluster share it (default: of the data "
            + "folder)",
    };

    private static readonly Option<string[]> Federations = new("--federation")
    {
        Description = "JSON file of a federation to create at start unless it exists; repeatable",
    };

    private static readonly Option<bool> Memory = new("--memory")
    {
        Description = "Keep the state in memory; without --data-dir nothing outlives the process",
    };

    private static readonly Option<int> FoldWorkers = new("--fold-workers")
    {
        Description = $"Grains that share each fold, 1 to {FoldOptions.MostWorkers}; more than 1 for large models on "
            + "several silos",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> KeepVersions = new("--keep-versions")
    {
        Description = "Versions of each tier to keep, the newest; older ones are collected every hour (default: all)",
    };

    private static readonly Option<bool> Dashboard = new("--dashboard")
    {
        Description = "Serve Orleans' dashboard at /orleans/, to this machine only",
    };

    public const string Name = "silo";

    /// <summary>A variable, not an option: every user of a machine can read the arguments of others.</summary>
    private const string BlobsVariable = "FED_BLOBS";

    private const string ContainerVariable = "FED_BLOBS_CONTAINER";

    private const string About = "Runs a FedHier silo: actors, gateway and status page in one process";

    public const string Variables = $"""
        Environment:
          {BlobsVariable}            Connection string of an Azure storage account that blobs are kept in, with its
                               AccountKey, or UseDevelopmentStorage=true for Azurite (default: files)
          {ContainerVariable}  The account's container of blobs (default: {AzureBlobOptions.DefaultContainer})

        """;

    /// <summary>1 opens the endpoint that discards bodies. No option: nobody serves a federation with it.</summary>
    private const string DiscardVariable = "FED_DISCARD_ENDPOINT";

    /// <param name="environment">Value of a variable; null: that of this process.</param>
    public static Command Create(
        Func<SiloOptions, bool, CancellationToken, Task<int>> run, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        var command = new Command(Name, About)
        {
            Port, Listen, DataFolder, BlobFolder, KeyFolder, Federations, Memory, FoldWorkers, KeepVersions,
            Dashboard,
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
                BlobFolder = parsed.GetValue(BlobFolder),
                KeyFolder = parsed.GetValue(KeyFolder),
                InMemory = memory,
                FederationFiles = parsed.GetValue(Federations) ?? [],
                FoldWorkers = parsed.GetValue(FoldWorkers),
                KeepVersions = parsed.GetValue(KeepVersions),
                Dashboard = parsed.GetValue(Dashboard),
                BlobConnection = environment(BlobsVariable) is { Length: > 0 } connection
                    ? AzureConnection.Parse(connection)
                    : null,
                BlobContainer = environment(ContainerVariable) is { Length: > 0 } container
                    ? container
                    : AzureBlobOptions.DefaultContainer,
                DiscardEndpoint = environment(DiscardVariable) == "1",
            };
            return run(options, throwAway, cancellation);
        });
        return command;
    }

    private static IPAddress ParseAddress(string text)
    {
        if (!IPAddress.TryParse(text, out var address))
            throw new ArgumentException($"--listen is '{text}'; give an IP address, for example 127.0.0.1 or 0.0.0.0");
        return LocalAddress.Require(address, "--listen");
    }
}

/// <summary>The life of the silo process, and what it says and returns at its end.</summary>
internal static class SiloProcess
{
    /// <summary>SIGXFSZ: a file was to grow beyond the process's limit (setrlimit(2)).</summary>
    private const PosixSignal FileTooLarge = (PosixSignal)25;

    public static async Task<int> RunAsync(ParseResult parsed)
    {
        try
        {
            // Signals belong to the host: it stops in order where the parser would cancel.
            return await parsed.InvokeAsync(
                new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception error)
        {
            var (code, message) = Explain(error);
            await Console.Error.WriteLineAsync($"fed silo: {message}");
            return code;
        }
    }

    public static async Task<int> ServeAsync(SiloOptions options, bool throwAway, CancellationToken cancellationToken)
    {
        try
        {
            FailPoint.ArmFromEnvironment();
            // It would end the process. Without it the write fails (EFBIG), as on a full disk.
            using var fileTooLarge = OperatingSystem.IsWindows()
                ? null
                : PosixSignalRegistration.Create(FileTooLarge, static signal => signal.Cancel = true);
            await using var host = await SiloHost.StartAsync(
                options, TimeProvider.System, cancellationToken, lateStop: EndLate);
            // For programs: the demo waits for this line.
            Console.WriteLine($"ready {host.Address.GetLeftPart(UriPartial.Authority)}");
            await host.WaitForShutdownAsync(cancellationToken);
            return ExitCode.Success;
        }
        finally
        {
            if (throwAway)
                Directory.Delete(options.DataFolder, recursive: true);
        }
    }

    private static void EndLate(string reason)
    {
        // Not to the log, whose writer may not come to it any more.
        Console.Error.WriteLine($"fed silo: {reason}");
        Environment.Exit(ExitCode.Failure);
    }

    private static (int Code, string Message) Explain(Exception error) => error switch
    {
        PortTakenException taken => (
            ExitCode.PortTaken,
            $"{taken.Message}; choose another port with {taken.Setting} (or 0), or stop the process that has it"),
        FolderInUseException used => (
            ExitCode.DataFolder,
            $"{used.Message}; stop that silo, or choose another folder with --data-dir (or --blobs)"),
        InvalidDataException damaged => (ExitCode.DataFolder, damaged.Message),
        RemoteStorageException away => (ExitCode.DataFolder, away.Message),
        UnauthorizedAccessException or IOException or StorageUnavailableException => (
            ExitCode.DataFolder,
            $"the data folder cannot be used: {error.Message}; choose another with --data-dir"),
        ArgumentException wrong => (ExitCode.Usage, wrong.Message),
        OrleansClusterConnectivityCheckFailedException alone => (
            ExitCode.Failure, ProcessEnd.CannotJoin(alone.Message)),
        _ => (ExitCode.Failure, error.ToString()),
    };
}
