using Fed.Bench.Simulation;
using Fed.Core.Robust;
using Fed.MediaQc.Folders;

namespace Fed.Bench.Communication;

/// <summary>What each codec saves, and what it costs in accuracy: the same federations with each of them.</summary>
internal sealed class CommunicationBench(DataFolder data, int rounds, int seeds)
{
    public const double LeastTimesFewer = 50;
    public const double MostPointsLost = 1;

    /// <summary>What the others are compared with.</summary>
    public const string Plain = "float32";

    /// <param name="log">Told each row.</param>
    public CommunicationFigure Run(
        IReadOnlyList<string> codecs, Action<CommunicationRow> log, CancellationToken cancellationToken)
    {
        var plain = Simulate(Plain, cancellationToken);
        var rows = new List<CommunicationRow>();
        foreach (var codec in codecs.Prepend(Plain).Distinct())
        {
            var runs = codec == Plain ? plain : Simulate(codec, cancellationToken);
            rows.Add(Compare(codec, runs, plain));
            log(rows[^1]);
        }

        var met = rows.Exists(row => row is { TimesFewer: >= LeastTimesFewer, PointsLost: <= MostPointsLost });
        return new CommunicationFigure(data.Task.Name, data.Participants.Count, rounds, seeds, met, rows);
    }

    private SimulationResult[] Simulate(string codec, CancellationToken cancellationToken) =>
    [
        .. Enumerable.Range(1, seeds).Select(seed =>
            new SimulatedFederation(data, new SimulationSettings(rounds, seed, RobustRules.Mean, codec))
                .Run(cancellationToken)),
    ];

    private static CommunicationRow Compare(string codec, SimulationResult[] runs, SimulationResult[] plain)
    {
        var bytes = runs.Average(run => run.UpdateBytes);
        var lost = runs.Zip(plain, (run, other) => 100 * (other.Accuracy - run.Accuracy)).ToArray();
        var mean = lost.Average();
        var variance = lost.Length > 1 ? lost.Sum(value => (value - mean) * (value - mean)) / (lost.Length - 1) : 0;
        return new CommunicationRow(
            codec,
            bytes,
            plain.Average(run => run.UpdateBytes) / bytes,
            runs.Average(run => run.Accuracy),
            mean,
            Math.Sqrt(variance / lost.Length));
    }
}
