using Fed.Client.Agent;
using Fed.Client.Children;

namespace Fed.Cli.Chaos;

/// <summary>A process of the federation: started again, at once, whenever SIGKILL has ended it.</summary>
/// <param name="start">Starts it, to die at a fail point if one is named.</param>
internal sealed class Victim(string name, Func<string?, Task<Life>> start)
{
    private string? _next;
    private Life? _life;
    private int _kills;

    public string Name { get; } = name;

    /// <summary>How often SIGKILL has ended it, whoever sent it.</summary>
    public int Kills => Volatile.Read(ref _kills);

    /// <summary>The life at this moment, or the last one.</summary>
    public Life Life => Volatile.Read(ref _life) ?? throw new InvalidOperationException($"{Name} was not started");

    /// <summary>The next life is to end at this fail point.</summary>
    public void ArmNext(string? failPoint) => Volatile.Write(ref _next, failPoint);

    public async Task StartAsync() => Volatile.Write(ref _life, await start(Interlocked.Exchange(ref _next, null)));

    /// <summary>Ends it if it was started and nobody keeps it.</summary>
    public async Task StopAsync()
    {
        if (_life is { } life)
            await life.Process.DisposeAsync();
    }

    /// <summary>After its start: until it has ended by itself; ends it when cancelled.</summary>
    /// <exception cref="AgentException">It has failed.</exception>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var life = Life;
                var code = await life.Process.Ended.WaitAsync(cancellationToken);
                await life.Process.DisposeAsync();
                if (code == 0)
                {
                    life.Next.SetResult(null);
                    return;
                }

                if (code != ChildProcess.Killed)
                    throw new AgentException(code, $"{Name} has ended with code {code}: {life.Process.Errors}");
                Interlocked.Increment(ref _kills);
                await StartAsync();
                life.Next.SetResult(Life);
            }
        }
        finally
        {
            await Life.Process.DisposeAsync();
        }
    }
}
