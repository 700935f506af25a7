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

    /// <param name="count">Contributions in the buffer.</param>
    /// <param name="age">Since the buffer's first contribution.</param>
    public bool ShouldClose(int count, TimeSpan age) =>
        count >= Goal || (HasDeadline && age >= Deadline && count >= Quorum);

    /// <exception cref="ArgumentException">A property is outside its range.</exception>
    public void Validate()
    {
        if (Goal < 1)
            throw new ArgumentException($"goal is {Goal}; it must be at least 1");
        if (Quorum < 1 || Quorum > Goal)
            throw new ArgumentException($"quorum is {Quorum}; it must be 1 to the goal, {Goal}");
        if (Deadline < TimeSpan.Zero || Deadline > TimeSpan.FromDays(30))
            throw new ArgumentException($"deadline is {Deadline.TotalSeconds} s; it must be 0 (none) to 30 days");
    }
}
