using Fed.Client.Agent;
using Fed.Client.Protocol;

namespace Fed.Cli.Chaos;

/// <summary>
/// Kills one process at a time: at a random instant; then, if the plan says so, the process that takes its place dies
/// at a fail point; then the killer waits until an update is accepted again.
/// </summary>
/// <param name="finished">Completes when every agent has finished the federation.</param>
internal sealed class Killer(
    ChaosCast cast,
    FederationClient client,
    ChaosFederation federation,
    Task finished,
    TimeProvider time,
    Action<string> say)
{
    private readonly List<TimeSpan> _recoveries = [];
    private readonly List<string> _points = [];
    private int _federations;

    public IReadOnlyList<TimeSpan> Recoveries => _recoveries;

    public IReadOnlyList<string> Points => _points;

    public int Kills => cast.Silo.Kills + cast.Agents.Sum(agent => agent.Kills);

    /// <summary>Returns after so many kills, or when the federation has finished before.</summary>
    public async Task KillAsync(KillPlan plan, int most, CancellationToken cancellationToken)
    {
        // What the first starts take is not what a kill costs.
        await Task.WhenAny(finished, cast.Receipts.First).WaitAsync(cancellationToken);
        while (Kills < most && !finished.IsCompleted)
        {
            var strike = plan.Next(withPoint: Kills + 2 <= most);
            await StrikeAsync(strike, cancellationToken);
        }
    }

    private async Task StrikeAsync(Strike strike, CancellationToken cancellationToken)
    {
        var victim = strike.OfSilo ? cast.Silo : cast.Agents[strike.Agent];
        await Task.WhenAny(finished, Task.Delay(strike.Wait, time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        var life = victim.Life;
        victim.ArmNext(strike.Setting);
        life.Process.Kill();
        var text = $"{Kills + 1}: {victim.Name} killed";
        if (await NextAsync(life, cancellationToken) is not { } next)
            return;
        if (strike.Point is { } point)
        {
            var extra = KillPlan.IsCreation(point) ? CreateAnotherAsync(cancellationToken) : Task.CompletedTask;
            life = next;
            next = await NextAsync(life, cancellationToken);
            await extra;
            if (next is null)
                return;
            _points.Add(point);
            text += $", again at {strike.Setting}";
            Note(life);
        }

        await Task.WhenAny(finished, next.Recovery.Done).WaitAsync(cancellationToken);
        Note(next);
        say(next.Recovery.Done.IsCompletedSuccessfully
            ? $"{text}; an update accepted {next.Recovery.Done.Result.TotalSeconds:0.0} s after the restart"
            : $"{text}; the federation has finished");
    }

    /// <summary>The life after this one; null when there is none before the federation has finished.</summary>
    private async Task<Life?> NextAsync(Life life, CancellationToken cancellationToken)
    {
        await Task.WhenAny(life.Next.Task, finished).WaitAsync(cancellationToken);
        return life.Next.Task.IsCompleted ? await life.Next.Task : null;
    }

    /// <summary>For the fail points of a creation.</summary>
    private async Task CreateAnotherAsync(CancellationToken cancellationToken)
    {
        var another = federation.Settings with { Name = $"another-{++_federations}" };
        await new RetryPolicy(time, new Random(_federations)).RunAsync(
            () => client.CreateAsync(another, cancellationToken), static (_, _) => { }, cancellationToken);
    }

    private void Note(Life life)
    {
        if (life.Recovery.Done is { IsCompletedSuccessfully: true, Result: var taken })
            _recoveries.Add(taken);
    }
}
