using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;
using Fed.Training;
using Fed.Training.Torch;

namespace Fed.Cli.Commands;

/// <summary>Ends a command: every expected failure is one line on standard error and an exit code of its own.</summary>
internal static class Failures
{
    /// <param name="name">What the line begins with, for example <c>fed join</c>.</param>
    public static async Task<int> ReportAsync(string name, Func<Task<int>> run, CancellationToken cancellationToken)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception error)
        {
            var (code, message) = Explain(error);
            await Console.Error.WriteLineAsync($"{name}: {message}");
            return code;
        }
    }

    /// <summary>The outer message only says that there is an inner one.</summary>
    private static string InsecureText(Exception error)
    {
        var reason = error;
        while (reason.InnerException is { } inner)
            reason = inner;
        return $"no TLS connection could be made ({reason.Message.TrimEnd('.')}); if the server speaks plain HTTP, as "
            + "a silo without a proxy does, give --server http://..., else look at its certificate";
    }

    /// <summary>Of a call to a server: the same one may succeed later.</summary>
    internal static bool IsOutage(Exception error) => error
        is HttpRequestException or IOException or TimeoutException or ProtocolException { IsPassing: true };

    internal static (int Code, string Message) Explain(Exception error) => error switch
    {
        AgentException ours => (ours.ExitCode, ours.Message),
        ProtocolException refused => (
            ExitCode.Refused, $"the server refused: {refused.Detail} ({refused.Code}); {refused.Remedy}"),
        TrainingDivergedException or TorchUnavailableException or MediaToolException => (ExitCode.Failure, error.Message),
        // Of the demo's baselines, which train side by side.
        AggregateException several => Explain(several.InnerExceptions[0]),
        DataFileException data => (ExitCode.DataFolder, data.Message),
        ArgumentException wrong => (ExitCode.Usage, wrong.Message),
        InvalidDataException answer => (ExitCode.Refused, answer.Message),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } insecure => (
            ExitCode.Failure, InsecureText(insecure)),
        HttpRequestException network => (ExitCode.Failure, $"the server cannot be reached: {network.Message}"),
        TimeoutException or HttpIOException => (
            ExitCode.Failure, $"the server cannot be reached: {error.Message}"),
        IOException or UnauthorizedAccessException => (
            ExitCode.DataFolder, $"a file could not be read or written: {error.Message}"),
        _ => (ExitCode.Failure, error.ToString()),
    };
}
