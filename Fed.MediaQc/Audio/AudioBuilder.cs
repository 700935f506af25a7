using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Audio;

/// <summary>
/// Builds the audio data folder: recordings to segments to faults to encodes to seconds. Nothing stands in the folder's
/// place until all of it is there.
/// </summary>
public sealed class AudioBuilder(AudioPlan plan, BuildOptions options, Action<string> report)
{
    /// <summary>Segments that go through a codec together.</summary>
    private const int ProgrammeLength = 120;

    /// <summary>Faults that each second gets, one at a time.</summary>
    private const int FaultsEach = 2;

    /// <summary>Voices in babble.</summary>
    private const int Crowd = 4;

    private readonly Ffmpeg _ffmpeg = new();
    private readonly HashSet<string> _used = [];

    /// <exception cref="DataFileException">A voice is missing or too short, a recording is damaged or silent, a part
    /// gets far too little, or the folder holds another plan's data.</exception>
    /// <exception cref="MediaToolException">ffmpeg is missing or failed.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var recordings = Recordings.Read(plan, options.SourcesDirectory, options.Seed);
        report($"{recordings.All.Count()} recordings, {recordings.LeftOut} left out: silence, or shorter than 1.5 s");
        var scratch = Directory.CreateTempSubdirectory("fed-data-").FullName;
        try
        {
            var task = AudioTask.Describe(plan);
            using var staged = StagedFolder.Open(options.OutputDirectory, task, options.Replace);
            using var log = options.MeasuresFile is { } file ? new AudioMeasuresLog(file) : null;
            foreach (var part in Parts(recordings, task))
                await BuildAsync(part, staged.Directory, scratch, log, cancel);
            var used = recordings.All.Where(one => _used.Contains(one.Recording.Id));
            DataFolderWriter.Write(
                staged.Directory, task, AudioTask.Model(task), AudioTask.ProvenanceOf(plan, used, options.Seed));
            staged.Publish();
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <param name="Name">For messages and seeds.</param>
    /// <param name="File">Within the data folder.</param>
    /// <param name="Jobs">What to make.</param>
    /// <param name="Wanted">Samples by class.</param>
    private sealed record Part(
        string Name, string File, IEnumerable<AudioJob> Jobs, IReadOnlyDictionary<string, int> Wanted);

    private IEnumerable<Part> Parts(Recordings recordings, TaskDescription task)
    {
        foreach (var house in plan.Houses)
        {
            yield return new Part(
                $"{house.Name} train", $"participants/{house.Name}/train.fqc",
                Jobs(recordings.Train(house), [house], house.Faults), house.Train);
            yield return new Part(
                $"{house.Name} validation", $"participants/{house.Name}/validation.fqc",
                Jobs(recordings.Validation(house), [house], house.Faults), house.Validation);
        }

        var wanted = AudioClasses.Names.ToDictionary(name => name, _ => plan.Test.PerClass);
        foreach (var cluster in task.Clusters)
        {
            var houses = plan.Houses.Where(house => house.Cluster == cluster).ToArray();
            yield return new Part(
                $"test {cluster}", $"test/{cluster}.fqc",
                Jobs(recordings.Test(cluster), houses, plan.Test.Faults), wanted);
        }
    }

    /// <summary>
    /// Each second at a good setting, every other one at a starved one, and with two of the faults, by turns; houses
    /// take turns by recording.
    /// </summary>
    private IEnumerable<AudioJob> Jobs(IReadOnlyList<Recording> recordings, AudioHousePlan[] houses, string[] faults)
    {
        foreach (var (h, house) in houses.Index())
        {
            var own = recordings.Where((_, i) => i % houses.Length == h);
            var segments = Segment.Of(own, house.Sound, options.Seed).ToList();
            foreach (var (turn, segment) in segments.Index())
            {
                AudioJob Job(string setting, SoundFault? fault) =>
                    new(segment, setting, fault, fault?.Kind == SoundFaultKind.Babble ? Others(segments, turn) : []);

                yield return Job(house.Good[turn % house.Good.Length], null);
                if (turn % 2 == 0 && house.Low.Length > 0)
                    yield return Job(house.Low[turn / 2 % house.Low.Length], null);
                for (var i = turn * FaultsEach; i < (turn + 1) * FaultsEach && faults.Length > 0; i++)
                {
                    var fault = SoundFault.Parse(faults[i % faults.Length]);
                    yield return Job(house.Good[i / 2 % house.Good.Length], fault);
                }
            }
        }
    }

    // Segments of other recordings if there are, for babble.
    private List<Segment> Others(List<Segment> segments, int turn)
    {
        var own = segments[turn].Recording;
        var random = new Random(StableSeed.Of(options.Seed, own.Id, turn));
        return
        [
            .. segments.Where((_, i) => i != turn).OrderBy(_ => random.Next())
                .OrderBy(other => other.Recording == own).Take(Crowd),
        ];
    }

    private async Task BuildAsync(
        Part part, string folder, string scratch, AudioMeasuresLog? log, CancellationToken cancel)
    {
        var programmes = part.Jobs
            .GroupBy(job => job.Setting)
            .SelectMany(group => group.Chunk(ProgrammeLength))
            .ToList();
        var found = new List<AudioCandidate>[programmes.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = cancel };
        await Parallel.ForAsync(0, programmes.Count, parallel, async (i, stop) =>
            found[i] = await AudioProgramme.RunAsync(programmes[i], _ffmpeg, scratch, options.Seed, stop));
        var candidates = found.SelectMany(some => some).ToList();
        log?.Add(part.Name, candidates);
        var picked = Quota.Pick(
            candidates.Where(one => one.Label is not null),
            AudioClasses.Names,
            one => one.Label!.Value.Class,
            one => (one.Job.Segment.Recording.Id, one.Job.Setting, one.Job.Fault, one.Label!.Value.Severity),
            part.Wanted,
            new Random(StableSeed.Of(options.Seed, part.Name)));
        var set = ToSet(plan.Task, picked);
        FqcFile.Write(Path.Combine(folder, part.File), set);
        _used.UnionWith(set.Sources);
        var counts = set.CountByClass();
        var text = AudioClasses.Names.Select((c, i) => $"{c} {counts[i]}/{part.Wanted.GetValueOrDefault(c)}");
        report(
            $"{part.Name}: {programmes.Count} programmes, {candidates.Count} seconds, took {set.Count} "
            + $"({string.Join(", ", text)})");
        if (Quota.Check(part.Name, options.OutputDirectory, set, part.Wanted) is { } warning)
            report(warning);
    }

    private static PatchSet ToSet(string task, List<AudioCandidate> picked)
    {
        var sources = picked
            .Select(one => one.Job.Segment.Recording.Id)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        return new PatchSet(
            task,
            AudioInputs.Name,
            AudioTask.StoredShape,
            AudioClasses.Names,
            sources,
            [.. picked.Select(one => AudioClasses.Index(one.Label!.Value.Class))],
            [.. picked.Select(one => one.Label!.Value.Severity)],
            [.. picked.Select(one => (ushort)sources.IndexOf(one.Job.Segment.Recording.Id))],
            [.. picked.SelectMany(one => one.Planes)]);
    }
}
