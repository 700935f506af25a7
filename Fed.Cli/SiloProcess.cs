using System.CommandLine;
using System.Runtime.InteropServices;
using Fed.Client;
using Fed.Core.FailPoints;
using Fed.Silo.Hosting;
using Fed.Silo.Storage;
using Fed.Silo.Storage.Azure;

namespace Fed.Cli;

/// <summary>The life of the silo process, and what it says and returns at its end.</summary>
internal static class SiloProcess
{
    /// <summary>SIGXFSZ: a file was to grow beyond the process's limit (setrlimit(2)).</summary>
    private const PosixSignal FileTooLarge = (PosixSignal)25;

    public static async Task<int> RunAsync(ParseResult parsed)
    {
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync($"fed silo: {error.Message}");
            await Console.Error.WriteLineAsync("fed silo: see --help for the options");
            return ExitCode.Usage;
        }

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
            await using var host = await SiloHost.StartAsync(options, TimeProvider.System, cancellationToken);
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

    private static (int Code, string Message) Explain(Exception error) => error switch
    {
        PortTakenException taken => (
            ExitCode.PortTaken,
            $"{taken.Message}; choose another port with {taken.Setting} (or 0), or stop the process that has it"),
        FolderInUseException used => (
            ExitCode.DataFolder,
            $"{used.Message}; stop that silo, or choose another folder with --data-dir"),
        InvalidDataException damaged => (ExitCode.DataFolder, damaged.Message),
        AzureUnavailableException away => (ExitCode.DataFolder, away.Message),
        UnauthorizedAccessException or IOException or StorageUnavailableException => (
            ExitCode.DataFolder,
            $"the data folder cannot be used: {error.Message}; choose another with --data-dir"),
        ArgumentException wrong => (ExitCode.Usage, wrong.Message),
        _ => (ExitCode.Failure, error.ToString()),
    };
}
