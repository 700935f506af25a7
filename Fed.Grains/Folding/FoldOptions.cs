namespace Fed.Grains.Folding;

/// <summary>How this silo's folds are spread.</summary>
/// <param name="Workers">
/// Grains that share a fold's blocks, 1 to 64. 1: the fold's own threads do it. More is worth it when models are large
/// and there are several silos, for the sums then travel through the blob store.
/// </param>
public sealed record FoldOptions(int Workers = 1)
{
    public const int MostWorkers = 64;

    /// <exception cref="ArgumentException">Out of range.</exception>
    public FoldOptions Validate() => Workers is >= 1 and <= MostWorkers
        ? this
        : throw new ArgumentException(
            $"foldWorkers is {Workers}; it must be 1 to {MostWorkers}: 1 folds on this silo's own threads");
}
