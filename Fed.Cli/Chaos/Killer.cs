using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Core.FailPoints;

namespace Fed.Cli.Chaos;

/// <summary>One after the other, who is killed at a random instant and where its next life is to end.</summary>
/// <param name="OfSilo">Whether the silo is meant, or one of the agents.</param>
/// <param name="Agent">Index of the agent.</param>
/// <param name="Wait">Before the kill.</param>
/// <param name="Point">Fail point of the next life; null: it is left alone.</param>
/// <param name="Hit">At which hit, from 1.</param>
internal sealed record Strike(bool OfSilo, int Agent, TimeSpan Wait, string? Point, int Hit)
{
    public string? Setting => Point is null ? null : $"{Point}:{Hit}";
}

/// <summary>
/// The order of the kills, from a seed: the roles in turn, and for each role all of its fail points, shuffled, before
/// any comes again.
/// </summary>
internal sealed class KillPlan
{
    /// <summary>
    /// Later hits are other moments of the federation's life; further than this a short run does not get.
    /// </summary>
    private const int MostHits = 3;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(400);

    private readonly Random _random;
    private readonly int _agents;
    private readonly Queue<string> _silo;
    private readonly Queue<string> _agent;
    private readonly ChaosRole _role;
    private bool _siloNext = true;

    public KillPlan(int seed, ChaosRole role, int agents)
    {
        _random = new Random(seed);
        _role = role;
        _agents = agents;
        _silo = Shuffle(FailPointNames.Silo);
        _agent = Shuffle(FailPointNames.Agent);
    }

    /// <param name="withPoint">Whether a fail point comes after the random kill.</param>
    public Strike Next(bool withPoint)
    {
        var ofSilo = _role == ChaosRole.Silo || (_role == ChaosRole.Both && _siloNext);
        _siloNext = !_siloNext;
        string? point = null;
        if (withPoint)
        {
            var queue = ofSilo ? _silo : _agent;
            queue.Enqueue(point = queue.Dequeue());
        }

        // A federation is created once: there is no second hit.
        var most = point is not null && IsCreation(point) ? 1 : MostHits;
        return new Strike(
            ofSilo, _random.Next(_agents), _random.NextDouble() * LongestWait, point, _random.Next(1, most + 1));
    }

    public static bool IsCreation(string point) => point.StartsWith("federation.", StringComparison.Ordinal);

    private Queue<string> Shuffle(IReadOnlyList<string> names)
    {
        var order = names.ToArray();
        _random.Shuffle(order);
        return new Queue<string>(order);
    }
}

/// <summary>
/// Kills one process at a time: at a random instant; then, if the plan says so, the process that takes its place dies
/// at a fail point; then the killer waits until an update is accepted again.
/// </summary>
internal sealed class Killer(
    ChaosCast cast,
    FederationClient client,
    ChaosFederation federation,
    TimeProvider time,
    Action<string> say)
{
    private readonly List<TimeSpan> _recoveries = [];
    private readonly List<string> _points = [];
    private Task _finished = Task.CompletedTask;
    private int _federations;

    public IReadOnlyList<TimeSpan> Recoveries => _recoveries;

    public IReadOnlyList<string> Points => _points;

    public int Kills => cast.Silos[0].Kills + cast.Agents.Sum(agent => agent.Kills);

    /// <summary>Returns after so many kills, or when the federation has finished before.</summary>
    /// <param name="finished">Completes when every agent has finished the federation.</param>
    public async Task KillAsync(KillPlan plan, int most, Task finished, CancellationToken cancellationToken)
    {
        _finished = finished;
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
        var victim = strike.OfSilo ? cast.Silos[0] : cast.Agents[strike.Agent];
        await Task.WhenAny(_finished, Task.Delay(strike.Wait, time, cancellationToken));
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

        await Task.WhenAny(_finished, next.Recovery.Done).WaitAsync(cancellationToken);
        Note(next);
        say(next.Recovery.Done.IsCompletedSuccessfully
            ? $"{text}; an update accepted {next.Recovery.Done.Result.TotalSeconds:0.0} s after the restart"
            : $"{text}; the federation has finished");
    }

    /// <summary>The life after this one; null when there is none before the federation has finished.</summary>
    private async Task<Life?> NextAsync(Life life, CancellationToken cancellationToken)
    {
        await Task.WhenAny(life.Next.Task, _finished).WaitAsync(cancellationToken);
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
