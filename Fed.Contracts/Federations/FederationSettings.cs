using Orleans;

namespace Fed.Contracts.Federations;

/// <summary>Everything that a federation is created with. Immutable once accepted.</summary>
[GenerateSerializer, Immutable, Alias("fed.settings")]
public sealed record FederationSettings
{
    /// <summary>Lower-case name, unique on the server.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The QC task, for example <c>media-qc</c>: data of another task are refused by the agent.</summary>
    [Id(1)] public required string Task { get; init; }

    /// <summary>The model specification, the text of a JSON object (docs/training.md).</summary>
    [Id(2), JsonDocumentText] public required string Model { get; init; }

    /// <summary>Cluster keys, for example codecs; 1 to 1,000.</summary>
    [Id(3)] public required IReadOnlyList<string> Clusters { get; init; }

    /// <summary>Who may take part, and in which cluster.</summary>
    [Id(4)] public required IReadOnlyList<RosterEntry> Roster { get; init; }

    [Id(5)] public FederationMode Mode { get; init; } = FederationMode.Async;

    [Id(6)] public ArithmeticSettings Arithmetic { get; init; } = new();

    [Id(7)] public TierSettings ClusterTier { get; init; } = new();

    [Id(8)] public TierSettings GlobalTier { get; init; } = new();

    [Id(9)] public OptimizerSettings Optimizer { get; init; } = new();

    /// <summary>b of design section 4: how much of its own direction a cluster keeps, 0 (none) to below 1.</summary>
    [Id(10)] public double Specialisation { get; init; }

    [Id(11)] public TrainingPolicy Training { get; init; } = new();

    /// <summary>Codec of updates (docs/codecs.md); sparse ones take a density, as in <c>ternary:0.01</c>.</summary>
    [Id(12)] public string Codec { get; init; } = "float32";

    /// <summary>Participants evaluate every n-th cluster version; 0: only the last.</summary>
    [Id(13)] public int EvaluateEvery { get; init; } = 1;

    /// <summary>The federation finishes when this global version is committed; 0 (usual): it has no end and runs until
    /// it is stopped.</summary>
    [Id(14)] public int TargetVersions { get; init; }

    /// <summary>Seed of the initial model and of the participants' training.</summary>
    [Id(15)] public int Seed { get; init; } = 1;

    /// <summary>
    /// Seconds that an asynchronous cluster, after a fold, waits for the global version that holds it, before it hands
    /// out its own fold as a version. 0: at once; its participants never wait then, but the clusters drift apart. A
    /// synchronous cluster always waits.
    /// </summary>
    [Id(16)] public double HoldSeconds { get; init; }

    /// <summary>
    /// What the model's outputs mean, in their order: 2 to 255 names. A participant whose data have other classes, or
    /// the same in another order, is refused at its enrolment. Null: not stated, and not compared.
    /// </summary>
    [Id(17)] public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Key of the feature extraction that makes the model's inputs, for example <c>qc-v1</c>; null: not
    /// stated, and not compared.</summary>
    [Id(18)] public string? Features { get; init; }
}
