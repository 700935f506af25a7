using Orleans;

namespace Fed.Contracts.Federations;

/// <summary>Everything that a federation is created with. Immutable once accepted, but for deadlines.</summary>
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

    /// <summary>Key of the feature extraction that makes the model's inputs, for example <c>qc-v2</c>; null: not
    /// stated, and not compared.</summary>
    [Id(18)] public string? Features { get; init; }

    /// <summary>
    /// SHA-256 of a model that the silo has, such as another federation's version, to start from; null: one is drawn
    /// from the seed. In a federation's file also the path of a .safetensors file, relative to that file.
    /// </summary>
    [Id(19)] public string? InitialModel { get; init; }

    /// <summary>
    /// Transfer learning: the first layers of the model are taken over from another model and stay as they are, and
    /// only the parameters of the others travel. Null: the whole model is trained.
    /// </summary>
    [Id(20)] public ExtractorSettings? Extractor { get; init; }
}

/// <summary>Layers that a federation does not train, and where they come from.</summary>
/// <param name="Source">SHA-256 of a model that the silo has, whose first tensors are those of the frozen layers: an
/// extractor, or a whole version of another federation. In a federation's file also the path of a .safetensors file,
/// relative to that file.</param>
/// <param name="Frozen">Numbers of layers with parameters, as their tensors' names begin: <c>0</c> is that of
/// <c>0.weight</c>. At least one, not all, and none behind one that is trained.</param>
[GenerateSerializer, Immutable, Alias("fed.extractor-settings")]
public sealed record ExtractorSettings(
    [property: Id(0)] string Source, [property: Id(1)] IReadOnlyList<int> Frozen);

/// <summary>How the two tiers are coupled. Both are settings of one mechanism (design section 4).</summary>
public enum FederationMode
{
    /// <summary>A cluster publishes its own version as soon as its buffer closes.</summary>
    Async = 0,

    /// <summary>A cluster folds its cohort and then waits for the global version before it publishes.</summary>
    Sync = 1,
}

/// <summary>One participant that the consortium knows.</summary>
/// <param name="Trusted">Its data are the consortium's own: the rule <c>fltrust</c> judges the others by its update,
/// which does not count itself.</param>
[GenerateSerializer, Immutable, Alias("fed.roster-entry")]
public sealed record RosterEntry(
    [property: Id(0)] string Name, [property: Id(1)] string Cluster, [property: Id(2)] bool Trusted = false);

/// <summary>When the buffer of one tier closes.</summary>
[GenerateSerializer, Immutable, Alias("fed.tier")]
public sealed record TierSettings
{
    /// <summary>K: the buffer closes at this many contributions; 0 means the whole cohort.</summary>
    [Id(0)] public int Goal { get; init; }

    /// <summary>At the deadline the buffer closes if it holds at least this many. At least 1.</summary>
    [Id(1)] public int Quorum { get; init; } = 1;

    /// <summary>Seconds since the buffer's first contribution; 0: no deadline.</summary>
    [Id(2)] public double DeadlineSeconds { get; init; }

    /// <summary>Contributions staler than this are refused. At least 0.</summary>
    [Id(3)] public int MaxStaleness { get; init; } = 50;

    /// <summary>
    /// How contributions are combined: <c>mean</c>, or a robust rule such as <c>krum:1</c> (docs/robustness.md), which
    /// counts a sender once in a fold, by its newest contribution.
    /// </summary>
    [Id(4)] public string Rule { get; init; } = "mean";
}

/// <summary>The integer grid and the weights of design section 4.</summary>
[GenerateSerializer, Immutable, Alias("fed.arithmetic")]
public sealed record ArithmeticSettings
{
    /// <summary>f: a delta is rounded to multiples of 2^-f. 0 to 30.</summary>
    [Id(0)] public int FractionalBits { get; init; } = 22;

    /// <summary>Largest |delta| per parameter; beyond it the whole update is refused. Above 0.</summary>
    [Id(1)] public float Bound { get; init; } = 8f;

    /// <summary>Largest number of examples that counts for one contribution. 1 to 2^22.</summary>
    [Id(2)] public int ExampleCap { get; init; } = 1024;

    /// <summary>s(t): <c>constant</c>, <c>polynomial:a</c>, <c>hinge:a,b</c> or <c>exponential:a</c>.</summary>
    [Id(3)] public string Staleness { get; init; } = "polynomial:0.5";

    /// <summary>What a sum is divided by: one of <see cref="Normalisations"/>.</summary>
    [Id(4)] public string Normalisation { get; init; } = Normalisations.Weight;
}

/// <summary>What the sum of a buffer is divided by.</summary>
public static class Normalisations
{
    /// <summary>By the sum of the weights, staleness included (McMahan 2017, Algorithm 1; FedAsync's mixing).</summary>
    public const string Weight = "weight";

    /// <summary>By the number of contributions, however many examples each has (FedBuff's 1/K, Nguyen 2022).</summary>
    public const string Count = "count";

    /// <summary>
    /// By the weight of the whole cohort, were it fresh: a participant that is missing counts as no change, and a stale
    /// one counts for less. So every contribution has the same influence whichever buffer it falls into, and buffers
    /// that close early do not pull the model to one house's habits and back.
    /// </summary>
    public const string Cohort = "cohort";

    public static IReadOnlyList<string> All { get; } = [Weight, Count, Cohort];
}

/// <summary>The server optimiser of the global tier (Reddi 2021, Algorithm 2).</summary>
[GenerateSerializer, Immutable, Alias("fed.optimizer")]
public sealed record OptimizerSettings
{
    /// <summary><c>none</c>, <c>momentum</c>, <c>adagrad</c>, <c>adam</c> or <c>yogi</c>.</summary>
    [Id(0)] public string Kind { get; init; } = "none";

    /// <summary>eta, above 0.</summary>
    [Id(1)] public double LearningRate { get; init; } = 1.0;

    /// <summary>beta1 (or the momentum), 0 to below 1.</summary>
    [Id(2)] public double Beta1 { get; init; } = 0.9;

    /// <summary>beta2 of adam and yogi, 0 to below 1.</summary>
    [Id(3)] public double Beta2 { get; init; } = 0.99;

    /// <summary>tau, the adaptivity floor, above 0.</summary>
    [Id(4)] public double Tau { get; init; } = 1e-3;
}
