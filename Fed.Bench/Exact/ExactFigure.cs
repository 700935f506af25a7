namespace Fed.Bench.Exact;

/// <summary>What <c>fed bench exact</c> found.</summary>
/// <param name="Orders">Shuffles; each is folded by trees of depth 1, 2 and 3, on 1 and on 2 threads.</param>
/// <param name="Folds">Models that came of it.</param>
/// <param name="DistinctHashes">Different SHA-256 of those models.</param>
/// <param name="PlainDistinctHashes">Different SHA-256 when float32 values are simply added in the same orders.</param>
/// <param name="CostRatio">Clock time of our fold of K float32 files on one thread / that of
/// <c>sum += w x</c> in float32 over the same K vectors.</param>
internal sealed record ExactFigure(
    int Orders, int Folds, int DistinctHashes, int PlainDistinctHashes, double CostRatio);
