using Fed.Contracts.Federations;
using Fed.Contracts.Participants;

namespace Fed.Contracts.Versions;

/// <summary>
/// The immutable account of how a version came to be, stored as a JSON blob; with its blobs it can be recomputed.
/// </summary>
public sealed record VersionManifest
{
    public int Format { get; init; } = 1;

    public required string Federation { get; init; }

    /// <summary>A cluster key, or <c>global</c>.</summary>
    public required string Tier { get; init; }

    public required long Number { get; init; }

    /// <summary><c>initial</c>, <c>fold</c> or <c>adopt</c>.</summary>
    public required string Kind { get; init; }

    public required string ModelSha256 { get; init; }

    /// <summary>The model that the step was applied to.</summary>
    public string? BaseModel { get; init; }

    public IReadOnlyList<string> Parents { get; init; } = [];

    /// <summary>Contributions consumed (cluster tier), in ledger order.</summary>
    public IReadOnlyList<Receipt> Contributions { get; init; } = [];

    /// <summary>Inputs of the fold, with the weights that were applied.</summary>
    public IReadOnlyList<Aggregation.FoldInputReference> Inputs { get; init; } = [];

    public string? SumsSha256 { get; init; }

    public string? OptimizerState { get; init; }

    public string? PreviousOptimizerState { get; init; }

    public ArithmeticSettings? Arithmetic { get; init; }

    public OptimizerSettings? Optimizer { get; init; }

    public double Specialisation { get; init; }

    public DateTimeOffset CommittedAt { get; init; }
}
