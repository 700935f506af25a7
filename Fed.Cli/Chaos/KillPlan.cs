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
    /// <summary>Later hits are other moments of the federation's life; further than this a short run does not
    /// get.</summary>
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
