namespace Fed.Core.Aggregation;

/// <summary>
/// When a buffer closes: at K contributions, or at a deadline with at least a quorum. A synchronous cohort has K =
/// cohort, FedBuff has K below it (Nguyen 2022), FedAsync has K = 1 (Xie 2019).
/// </summary>
/// <param name="Goal">K, at least 1.</param>
/// <param name="Quorum">1 to K: fewer than this never close a buffer.</param>
/// <param name="Deadline">Since the buffer's first contribution; zero: none.</param>
public sealed record BufferRule(int Goal, int Quorum, TimeSpan Deadline)
{
    public bool HasDeadline => Deadline > TimeSpan.Zero;
}
