using System.Numerics.Tensors;

namespace Fed.MediaQc.Cues;

/// <summary>A cue that is not right.</summary>
/// <param name="Cue">Its index.</param>
/// <param name="Class">Never <see cref="CueClass.Ok"/>.</param>
/// <param name="Probability">That it is of this class, 0 to 1.</param>
public sealed record CueFinding(int Cue, CueClass Class, float Probability);

/// <summary>What is found in a programme's cues.</summary>
/// <param name="Findings">In the order of the cues, as they stand once the file's timing is put right; none where the
/// timing cannot be told.</param>
public sealed record CueReport(SyncResult Sync, IReadOnlyList<CueFinding> Findings);

/// <summary>Checks all cues of a programme: first the timing of the file, then each cue.</summary>
/// <param name="scorer">Judges single cues.</param>
/// <param name="range">Seconds to each side in which an offset is looked for.</param>
/// <param name="least">Probability from which a cue is told of, 0 to 1.</param>
public sealed class CueCheck(ICueScorer scorer, double range = 30, double least = 0.8)
{
    /// <param name="cues">In the order of their starts, see <see cref="TimedCue.From"/>.</param>
    public CueReport Run(SoundLevels sound, IReadOnlyList<TimedCue> cues)
    {
        var sync = new SyncEstimator(scorer, range).Estimate(sound, cues);
        return new CueReport(
            sync, sync.Verdict == SyncVerdict.CannotTell ? [] : Find(sound, sync.Timing.Apply(cues)));
    }

    private List<CueFinding> Find(SoundLevels sound, IReadOnlyList<TimedCue> cues)
    {
        var findings = new List<CueFinding>();
        var planes = new byte[CueFeatures.Length];
        var probabilities = new float[CueClasses.Names.Count];
        for (var i = 0; i < cues.Count; i++)
        {
            CueFeatures.Extract(sound, cues, i, planes);
            scorer.Score(planes, probabilities);
            var most = TensorPrimitives.IndexOfMax<float>(probabilities);
            if (most != (int)CueClass.Ok && probabilities[most] >= least)
                findings.Add(new CueFinding(i, (CueClass)most, probabilities[most]));
        }

        return findings;
    }
}
