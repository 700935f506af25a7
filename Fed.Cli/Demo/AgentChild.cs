using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fed.Cli.Children;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Client.Agent;
using Fed.MediaQc.Folders;
using Fed.Training;
using Fed.Training.Torch;

namespace Fed.Cli.Demo;

/// <summary>One participant process, in both federations in turn.</summary>
internal sealed class AgentChild(
    DataParticipant participant,
    double lagSeconds,
    TrainerKind trainer,
    Uri server,
    string stateFolder,
    Action<AgentEvent> onEvent,
    Action<string> say)
{
    /// <summary>An agent that was killed goes on where it was, so it is worth another start; not for ever.</summary>
    private const int MaxStarts = 4;

    private const int KilledBySignal = 128;

    /// <summary>Returns when the agent has finished both federations; ends it when cancelled.</summary>
    /// <exception cref="AgentException">It has failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var starts = 1; ; starts++)
        {
            await using var process = ChildProcess.Start(Command(), Read);
            var code = await process.Ended.WaitAsync(cancellationToken);
            if (code == ExitCode.Success)
                return;
            cancellationToken.ThrowIfCancellationRequested();
            if (code <= KilledBySignal || code == ExitCode.Interrupted || starts == MaxStarts)
            {
                throw new AgentException(
                    code, $"the agent of {participant.Name} has ended with code {code}: {process.Errors}");
            }

            say($"the agent of {participant.Name} was killed (code {code}); starting it again");
        }
    }

    private ProcessStartInfo Command()
    {
        var start = Programs.Participant(Arguments());
        // A dozen processes that each took all cores would mostly wait for one another.
        start.Environment.TryAdd(TorchTrainer.ThreadsVariable, "1");
        return start;
    }

    private string[] Arguments() =>
    [
        "--json", "--stop-with-stdin", "--share-labels", "--share-features",
        "--server", server.ToString(),
        "--participant", participant.Name,
        "--data", participant.Directory,
        "--state", Path.Combine(stateFolder, participant.Name),
        TrainerOption.Name, TrainerOption.Text(trainer),
        "--lag", lagSeconds.ToString(CultureInfo.InvariantCulture),
        "--federation", DemoFederations.HierarchicalName, "--cluster", participant.Cluster,
        "--federation", DemoFederations.FlatName, "--cluster", DemoFederations.FlatCluster,
    ];

    private void Read(string line)
    {
        var parsed = JsonSerializer.Deserialize<AgentEvent>(line, AgentLog.Json);
        if (parsed is not null)
            onEvent(parsed);
    }
}
