using Fed.Contracts.Federations;

namespace Fed.Bench.Ingest;

/// <summary>A federation to be loaded: everything that decides its figures.</summary>
/// <param name="Size">Most bytes of an update file, float32; 256 to 2^28.</param>
/// <param name="Clusters">At least 1.</param>
/// <param name="Participants">Of each cluster, at least 1.</param>
/// <param name="Goal">K: a cluster folds at this many.</param>
/// <param name="GlobalGoal">Aggregates of clusters that make a global version.</param>
public sealed record LoadSettings(
    string Name, long Size, int Clusters, int Participants, int Goal, int GlobalGoal, FederationMode Mode)
{
    public const string Task = "load";

    private const int Inputs = 15;
    private const int BytesPerUnit = (Inputs + 1) * sizeof(float);
    private const int HeaderBytes = 112;
    private const int IndexBytes = 16;
    private const int BlockBytes = 32 << 10;

    /// <summary>Length of the flat vector: weights and biases of one dense layer.</summary>
    public int Parameters => Units * (Inputs + 1);

    /// <summary>Participants of all clusters.</summary>
    public int Roster => Clusters * Participants;

    private int Units => (int)((Size - HeaderBytes - IndexBytes * (1 + Size / BlockBytes)) / BytesPerUnit);

    /// <summary>Participants take turns over the clusters.</summary>
    public string ClusterOf(int participant) => $"cluster-{participant % Clusters}";

    public static string ParticipantName(int participant) => $"p-{participant:x6}";

    public FederationSettings Federation() => new()
    {
        Name = Name,
        Task = Task,
        Model = $$"""
            {"name":"load","input":[{{Inputs}}],"layers":[{"type":"dense","units":{{Units}}}],
             "loss":"softmaxCrossEntropy"}
            """,
        Clusters = [.. Enumerable.Range(0, Clusters).Select(ClusterOf)],
        Roster =
        [
            .. Enumerable.Range(0, Roster).Select(index => new RosterEntry(ParticipantName(index), ClusterOf(index))),
        ],
        Mode = Mode,
        ClusterTier = new TierSettings { Goal = Goal },
        GlobalTier = new TierSettings { Goal = GlobalGoal, MaxStaleness = 10_000 },
        Arithmetic = new ArithmeticSettings { ExampleCap = 1, FractionalBits = FractionalBits },
        EvaluateEvery = 0,
    };

    /// <summary>
    /// Of the grid. The deltas of the load are smaller than half its step, so that every version is the same model
    /// and updates can be made before the version is known that they are sent for; to the server they are updates
    /// like any others.
    /// </summary>
    public const int FractionalBits = 20;
}
