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
    private readonly Dictionary<string, Question> _asked = new(StringComparer.Ordinal);

    public Watermark? Find(string participant) => _known.GetValueOrDefault(participant);

    /// <summary>
    /// Asks for a watermark that is not known, together with all who want it meanwhile. Other turns run until it comes:
    /// look with <see cref="Find"/> afterwards, and ask again when it is still missing.
    /// </summary>
    /// <param name="inLedger">The newest contribution of the participant in the ledger, when the answer is
    /// there.</param>
    public async Task LearnAsync(string participant, Func<Watermark?> inLedger)
    {
        if (_known.ContainsKey(participant))
            return;
        if (!_asked.TryGetValue(participant, out var question))
            _asked[participant] = question = new Question(ask(participant));
        Watermark settled;
        try
        {
            settled = await question.Answer;
        }
        finally
        {
            // Whoever comes now asks anew, unless somebody does so already.
            if (_asked.GetValueOrDefault(participant) == question)
                _asked.Remove(participant);
        }

        // The first of those who waited has kept it, or it was raised since.
        if (question.Outdated || _known.ContainsKey(participant))
            return;
        // Usually the ledger's is newer; but a rollback settles what it quarantines, and leaves older ones there.
        var waiting = inLedger();
        Keep(participant, waiting?.Sequence > settled.Sequence ? waiting : settled);
    }

    /// <summary>A contribution was accepted.</summary>
    public void Raise(string participant, Watermark watermark)
    {
        Outdate(participant);
        Keep(participant, watermark);
    }

    /// <summary>
    /// These have settled contributions that the ledger is about to forget: an answer that they gave before, and that
    /// comes when the ledger has forgotten, would know of neither. Answers of all others stay good, else somebody who
    /// is far away would never be known while others contribute.
    /// </summary>
    public void Settled(IEnumerable<string> participants)
    {
        foreach (var participant in participants)
            Outdate(participant);
    }

    /// <summary>It is asked for again.</summary>
    public void Forget(string participant)
    {
        Outdate(participant);
        _known.Remove(participant);
    }

    private void Outdate(string participant)
    {
        if (_asked.Remove(participant, out var question))
            question.Outdated = true;
    }

    private void Keep(string participant, Watermark watermark)
    {
        if (_known.Count >= Most && !_known.ContainsKey(participant))
            _known.Clear();
        _known[participant] = watermark;
    }

    /// <summary>On its way, for everybody who waits for it.</summary>
    private sealed class Question(Task<Watermark> answer)
    {
        public Task<Watermark> Answer { get; } = answer;

        /// <summary>What was asked for has changed since, so that the answer may be older than that.</summary>
        public bool Outdated { get; set; }
    }
}
