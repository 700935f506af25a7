using Fed.Contracts.Aggregation;

namespace Fed.Grains.Federations;

/// <summary>What one fold takes out of a buffer.</summary>
/// <param name="Consumed">So many contributions, from the oldest.</param>
/// <param name="Inputs">Those that count.</param>
/// <param name="Reference">The trusted update; null where the rule needs none.</param>
internal sealed record FoldBatch(int Consumed, IReadOnlyList<FoldInputReference> Inputs, string? Reference)
{
    /// <summary>By the mean: the first contributions, each for itself.</summary>
    public static FoldBatch First(IEnumerable<FoldInputReference> pending, int most)
    {
        FoldInputReference[] inputs = [.. pending.Take(most)];
        return new FoldBatch(inputs.Length, inputs, Reference: null);
    }

    /// <summary>
    /// By a robust rule: all of them, but of each sender only the newest, or one hostile sender with several
    /// contributions would outvote as many honest ones.
    /// </summary>
    /// <param name="trusted">Name of the sender whose contribution is the reference; null: there is none.</param>
    public static FoldBatch OnePerSender(
        IReadOnlyList<(string Sender, FoldInputReference Input)> pending, string? trusted)
    {
        var newest = new Dictionary<string, FoldInputReference>(StringComparer.Ordinal);
        foreach (var (sender, input) in pending)
            newest[sender] = input;
        var reference = trusted is not null && newest.Remove(trusted, out var own) ? own.Sha256 : null;
        return new FoldBatch(pending.Count, [.. newest.Values], reference);
    }
}
