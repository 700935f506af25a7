using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Cues;

/// <summary>
/// Builds the data folder of the subtitle task: recordings to programmes to labelled cues. Nothing stands in the
/// folder's place until all of it is there.
/// </summary>
public sealed class SubtitleBuilder(SubtitlePlan plan, BuildOptions options, Action<string> report)
{
    /// <summary>A part whose quotas take more programmes than this asks for faults that cannot be put in.</summary>
    private const int MostProgrammes = 200;

    /// <exception cref="DataFileException">A package is missing, a recording is damaged or silent, a language has too
    /// few, or the folder holds another plan's data.</exception>
    /// <exception cref="ArgumentException">A file for measures is asked for, which this task does not
    /// write.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        if (options.MeasuresFile is { } measures)
            throw new ArgumentException($"--measures {measures}: the subtitle task writes none; leave it out");
        var parts = plan.Languages.SelectMany(language => RecordingPart.Deal(
            language, plan.HousesOf(language), options.SourcesDirectory, options.Seed, report)).ToList();
        var task = SubtitleTask.Describe(plan);
        using var staged = StagedFolder.Open(options.OutputDirectory, task, options.Replace);
        var jobs = parts.SelectMany(JobsOf).ToArray();
        var counts = new int[jobs.Length][];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = cancel };
        await Parallel.ForAsync(0, jobs.Length, parallel, (i, _) =>
        {
            var set = Make(jobs[i]);
            FqcFile.Write(Path.Combine(staged.Directory, jobs[i].File), set);
            counts[i] = set.CountByClass();
            return ValueTask.CompletedTask;
        });
        foreach (var (job, found) in jobs.Zip(counts))
            report($"{job.Name}: {string.Join(", ", CueClasses.Names.Zip(found, (name, n) => $"{name} {n}"))}");

        DataFolderWriter.Write(
            staged.Directory, task, SubtitleTask.Model(task), SubtitleTask.ProvenanceOf(plan, options.Seed, parts));
        staged.Publish();
    }

    /// <param name="Houses">Whose habits and beds, in turn.</param>
    private sealed record Job(
        string Name, string File, RecordingPart Part, SubtitleHouse[] Houses, IReadOnlyDictionary<CueClass, int> Quota);

    private IEnumerable<Job> JobsOf(RecordingPart part) => part.House is { } house
        ?
        [
            OfHouse(part, house, "train", plan.Train),
            OfHouse(part, house, "validation", plan.Validation),
        ]
        :
        [
            new Job(
                "test " + part.Language.Key,
                Path.Combine("test", part.Language.Key + ".fqc"),
                part,
                plan.HousesOf(part.Language),
                Enum.GetValues<CueClass>().ToDictionary(label => label, _ => plan.TestPerClass)),
        ];

    private static Job OfHouse(RecordingPart part, SubtitleHouse house, string name, int count) => new(
        $"{house.Name} {name}",
        Path.Combine("participants", house.Name, name + ".fqc"),
        part,
        [house],
        house.Share(count, CueClasses.Names).Index().ToDictionary(one => (CueClass)one.Index, one => one.Item));

    private PatchSet Make(Job job)
    {
        var random = new Random(StableSeed.Of(options.Seed, job.Name));
        var left = job.Quota.ToDictionary(entry => entry.Key, entry => entry.Value);
        var samples = new List<CueSample>();
        for (var number = 0; left.Values.Any(count => count > 0); number++)
        {
            if (number == MostProgrammes)
            {
                throw new DataFileException(
                    options.OutputDirectory,
                    $"{job.Name}: {MostProgrammes} programmes do not give all cues that are wanted; still wanted are "
                    + string.Join(", ", left.Where(one => one.Value > 0).Select(one =>
                        $"{one.Value} {CueClasses.Names[(int)one.Key]}")));
            }

            var house = job.Houses[number % job.Houses.Length];
            var bed = house.Beds[number / job.Houses.Length % house.Beds.Length];
            var programme = SpokenProgramme.Make(job.Part.Utterances, house.Habits, bed, plan.Utterances, random);
            Take(programme, left, samples, random);
        }

        var order = samples.ToArray();
        random.Shuffle(order);
        return ToSet(order);
    }

    /// <summary>One fault a cue, as far as it is wanted; so a programme gives no cue twice.</summary>
    private static void Take(
        SpokenProgramme programme, Dictionary<CueClass, int> left, List<CueSample> samples, Random random)
    {
        var sampler = new CueSampler(programme, random);
        for (var i = 0; i < programme.Cues.Count; i++)
        {
            var open = left.Where(one => one.Value > 0).SelectMany(one => Enumerable.Repeat(one.Key, one.Value))
                .ToArray();
            if (open.Length == 0)
                return;
            if (sampler.Sample(i, open[random.Next(open.Length)]) is { } sample)
            {
                samples.Add(sample);
                left[sample.Label]--;
            }
        }
    }

    private PatchSet ToSet(CueSample[] samples)
    {
        string[] sources = [.. samples.Select(sample => sample.Source).Distinct().Order(StringComparer.Ordinal)];
        return new PatchSet(
            plan.Task,
            CueFeatures.Name,
            CueFeatures.StoredShape,
            CueClasses.Names,
            sources,
            Array.ConvertAll(samples, sample => (byte)sample.Label),
            Array.ConvertAll(samples, sample => sample.Severity),
            Array.ConvertAll(samples, sample => (ushort)Array.BinarySearch(
                sources, sample.Source, StringComparer.Ordinal)),
            [.. samples.SelectMany(sample => sample.Planes)]);
    }
}
