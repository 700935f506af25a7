using Fed.Contracts.Participants;

namespace Fed.Grains.Clusters;

/// <summary>
/// The watermarks of a cluster's participants, contributions in its ledger included. Each is asked for once and then
/// followed, for nobody but the cluster raises it. For use from the turns of one grain only.
/// </summary>
/// <param name="ask">What a participant has settled, durably.</param>
public sealed class WatermarkCache(Func<string, Task<Watermark>> ask)
{
    /// <summary>More are not kept; those that are needed again are asked for again.</summary>
    private const int Most = 8192;

    private readonly Dictionary<string, Watermark> _known = new(StringComparer.Ordinal);
    private long _changes;

    public Watermark? Find(string participant) => _known.GetValueOrDefault(participant);

    /// <summary>
    /// Asks for a watermark that is not known. Other turns run meanwhile: look with <see cref="Find"/> afterwards, and
    /// ask
    /// again when it is still missing.
    /// </summary>
    /// <param name="inLedger">The newest contribution of the participant in the ledger, when the answer is
    /// there.</param>
    public async Task LearnAsync(string participant, Func<Watermark?> inLedger)
    {
        if (_known.ContainsKey(participant))
            return;
        var before = _changes;
        var settled = await ask(participant);
        // An answer that was on its way while something was accepted or settled may be older than that.
        if (before != _changes)
            return;
        // Usually the ledger's is newer; but a rollback settles what it quarantines, and leaves older ones there.
        var waiting = inLedger();
        Keep(participant, waiting?.Sequence > settled.Sequence ? waiting : settled);
    }

    /// <summary>A contribution was accepted.</summary>
    public void Raise(string participant, Watermark watermark)
    {
        _changes++;
        Keep(participant, watermark);
    }

    /// <summary>
    /// Participants have settled contributions that the ledger is about to forget: an answer that was given before, and
    /// comes when the ledger has forgotten, would know of neither.
    /// </summary>
    public void Settled() => _changes++;

    private void Keep(string participant, Watermark watermark)
    {
        if (_known.Count >= Most && !_known.ContainsKey(participant))
            _known.Clear();
        _known[participant] = watermark;
    }
}
