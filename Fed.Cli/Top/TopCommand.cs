using System.CommandLine;
using System.Text.Json;
using Fed.Cli.Admin;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Contracts;

namespace Fed.Cli.Top;

/// <summary><c>fed top</c>.</summary>
internal static class TopCommand
{
    /// <summary>More than a screen has room for, and a question to the server each.</summary>
    private const int MostFederations = 20;

    /// <summary>Without a byte for so long the server is said to be away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    private static readonly Option<Uri> Server = new("--server")
    {
        Description = "Address of the silo",
        DefaultValueFactory = _ => AdminOptions.UsualServer,
        CustomParser = AdminOptions.ParseServer,
    };

    private static readonly Option<string?> Federation = new("--federation")
    {
        Description = $"Name of a federation (default: all; on a screen the first {MostFederations})",
    };

    private static readonly Option<bool> Once = new("--once")
    {
        Description = "Print once and end; so it is, too, where standard output is no terminal",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print once, as one JSON document" };

    public static Command Create()
    {
        var command = new Command(
            "top", "Show live how far federations are, whom they wait for, and who takes part; q ends it")
        {
            Server, Federation, Once, Json,
        };
        command.SetAction((parsed, cancellation) => Failures.ReportAsync(
            "fed top", () => RunAsync(parsed, cancellation), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (server, asJson) = (parsed.GetValue(Server)!, parsed.GetValue(Json));
        var isOnce = asJson || parsed.GetValue(Once) || !Screen.CanRedraw;
        using var client = new FederationClient(server, timeouts: new ClientTimeouts { Patience = Patience });
        var source = new TopSource(
            client, parsed.GetValue(Federation), isOnce ? int.MaxValue : MostFederations, TimeProvider.System);
        if (!isOnce)
        {
            await WatchAsync(server, source, cancellationToken);
            return ExitCode.Success;
        }

        var output = parsed.InvocationConfiguration.Output;
        var reading = await source.ReadAsync(cancellationToken);
        if (asJson)
        {
            output.WriteLine(JsonSerializer.Serialize(
                new { Server = server, reading.At, reading.Federations }, FedJson.Indented));
            return ExitCode.Success;
        }

        foreach (var line in TopPage.Lines(server, reading, outage: null, reading.At, TopPage.UsualWidth))
            output.WriteLine(line.Text.TrimEnd());
        return ExitCode.Success;
    }

    /// <summary>Until q or Ctrl-C, which is how it is meant to end.</summary>
    private static async Task WatchAsync(Uri server, TopSource source, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var screen = new TopScreen(Screen.Create());
        var watch = new TopWatch(
            source.ReadAsync,
            (reading, outage) => screen.Show(
                TopPage.Lines(server, reading, outage, TimeProvider.System.GetUtcNow(), screen.Width)),
            TimeProvider.System);
        var watching = watch.RunAsync(ended.Token);
        await Task.WhenAny(watching, QuitKey.Pressed());
        await ended.CancelAsync();
        try
        {
            await watching;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // As was asked for.
        }
    }
}
