using Fed.Client.Agent;

namespace Fed.Cli.Demo;

/// <summary>What the agents have told so far. Safe to use from several threads.</summary>
internal sealed class Timeline
{
    private readonly Lock _gate = new();
    private readonly List<AgentEvent> _events = [];

    public void Add(AgentEvent line)
    {
        lock (_gate)
            _events.Add(line);
    }

    /// <summary>In the order of their own clocks; all agents run on this machine.</summary>
    public IReadOnlyList<AgentEvent> Of(string federation)
    {
        lock (_gate)
            return [.. _events.Where(line => line.Federation == federation).OrderBy(line => line.At)];
    }

    public int Count(string federation, AgentEventKind kind)
    {
        lock (_gate)
            return _events.Count(line => line.Federation == federation && line.Event == kind);
    }

    /// <summary>
    /// Bytes that the agents sent and received until they finished a federation that they began with.
    /// </summary>
    public (long Up, long Down) Wire(string federation)
    {
        var (up, down) = (0L, 0L);
        foreach (var agent in Of(federation).Where(line => line.BytesUp is not null).GroupBy(line => line.Participant))
        {
            // The counters of an agent that was killed and started again begin at zero again.
            AgentEvent? last = null;
            foreach (var line in agent)
            {
                if (last is not null && line.BytesUp < last.BytesUp)
                    (up, down) = (up + last.BytesUp!.Value, down + last.BytesDown!.Value);
                last = line;
            }

            (up, down) = (up + last!.BytesUp!.Value, down + last.BytesDown!.Value);
        }

        return (up, down);
    }

    /// <summary>
    /// Accuracy over time on the participants' own validation samples: at each report, the mean by examples over the
    /// newest report of every participant of the group.
    /// </summary>
    /// <param name="groupOf">From a participant's name to the name of its curve.</param>
    public IReadOnlyDictionary<string, IReadOnlyList<CurvePoint>> Accuracy(
        string federation, Func<string, string> groupOf)
    {
        var newest = new Dictionary<string, AgentEvent>(StringComparer.Ordinal);
        var curves = new Dictionary<string, List<CurvePoint>>(StringComparer.Ordinal);
        foreach (var line in Of(federation).Where(line => line.Event == AgentEventKind.Evaluated))
        {
            newest[line.Participant] = line;
            var group = groupOf(line.Participant);
            var members = newest.Values.Where(other => groupOf(other.Participant) == group).ToArray();
            var examples = members.Sum(member => member.Examples!.Value);
            var mean = members.Sum(member => member.Accuracy!.Value * member.Examples!.Value) / examples;
            if (!curves.TryGetValue(group, out var curve))
                curves.Add(group, curve = []);
            curve.Add(new CurvePoint(line.At, mean, line.Version!.Value));
        }

        return curves.ToDictionary(
            curve => curve.Key, curve => (IReadOnlyList<CurvePoint>)curve.Value, StringComparer.Ordinal);
    }
}

/// <param name="Value">0 to 1.</param>
/// <param name="Version">That the newest report was of.</param>
internal sealed record CurvePoint(DateTimeOffset At, double Value, long Version);
