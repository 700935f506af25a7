using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Cues;

/// <summary>
/// Builds the data folder of the subtitle task: recordings to programmes to labelled cues. Nothing stands in the folder's
/// place until all of it is there.
/// </summary>
public sealed class SubtitleBuilder(SubtitlePlan plan, BuildOptions options, Action<string> report)
{
    /// <summary>Fewer than these and a programme says the same sentences again and again.</summary>
    private const int FewestUtterances = 12;

    /// <summary>A part whose quotas take more programmes than this asks for faults that cannot be put in.</summary>
    private const int MostProgrammes = 200;

    /// <exception cref="DataFileException">A package is missing, a recording is damaged or silent, a language has too
    /// few, or the folder holds another plan's data.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var parts = plan.Languages.SelectMany(Deal).ToList();
        using var staged = StagedFolder.Open(
            options.OutputDirectory, SubtitleFolderFiles.Describe(plan), options.Replace);
        var jobs = plan.Houses.SelectMany(JobsOf).Concat(plan.Languages.Select(TestOf)).ToArray();
        var counts = new int[jobs.Length][];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = cancel };
        await Parallel.ForAsync(0, jobs.Length, parallel, (i, _) =>
        {
            var set = Make(jobs[i], parts.Single(part => part.Name == jobs[i].Part).Utterances);
            FqcFile.Write(Path.Combine(staged.Directory, jobs[i].File), set);
            counts[i] = set.CountByClass();
            return ValueTask.CompletedTask;
        });
        foreach (var (job, found) in jobs.Zip(counts))
            report($"{job.Name}: {string.Join(", ", CueClasses.Names.Zip(found, (name, n) => $"{name} {n}"))}");

        SubtitleFolderFiles.Write(plan, options.Seed, parts, staged.Directory);
        staged.Publish();
    }

    /// <summary>A part of a language's recordings: that of a house, or the held-out one.</summary>
    internal sealed record Part(string Name, LanguagePlan Language, IReadOnlyList<Utterance> Utterances);

    /// <param name="Part">Whose recordings.</param>
    /// <param name="Houses">Whose habits and beds, in turn.</param>
    private sealed record Job(
        string Name, string Part, string File, SubtitleHouse[] Houses, IReadOnlyDictionary<CueClass, int> Quota);

    internal static string HeldOut(LanguagePlan language) => "test " + language.Key;

    /// <summary>Recordings go to one part each, so that what is held out occurs in no house.</summary>
    private IEnumerable<Part> Deal(LanguagePlan language)
    {
        var recordings = Recordings.Read(language, options.SourcesDirectory);
        var names = plan.Houses.Where(house => house.Language == language.Key).Select(house => house.Name)
            .Append(HeldOut(language)).ToArray();
        var skipped = string.Join(", ", recordings.Skipped.Select(one => $"{one.Value} {one.Key}"));
        report($"{language.Key}: {recordings.Utterances.Count} utterances; left out: {skipped}");
        if (recordings.Utterances.Count < names.Length * FewestUtterances)
        {
            throw new DataFileException(
                Path.Combine(options.SourcesDirectory, language.Sounds),
                $"{recordings.Utterances.Count} utterances can be used; {names.Length} parts need {FewestUtterances} "
                + $"each (left out: {skipped})");
        }

        var order = recordings.Utterances.ToArray();
        new Random(JobList.StableSeed(options.Seed, "deal " + language.Key)).Shuffle(order);
        return names.Select((name, i) =>
            new Part(name, language, [.. order.Where((_, at) => at % names.Length == i)]));
    }

    private IEnumerable<Job> JobsOf(SubtitleHouse house) =>
        new[] { ("train", plan.Train), ("validation", plan.Validation) }.Select(part => new Job(
            $"{house.Name} {part.Item1}",
            house.Name,
            Path.Combine("participants", house.Name, part.Item1 + ".fqc"),
            [house],
            Share(house, part.Item2)));

    private Job TestOf(LanguagePlan language) => new(
        HeldOut(language),
        HeldOut(language),
        Path.Combine("test", language.Key + ".fqc"),
        [.. plan.Houses.Where(house => house.Language == language.Key)],
        Enum.GetValues<CueClass>().ToDictionary(label => label, _ => plan.TestPerClass));

    private static Dictionary<CueClass, int> Share(SubtitleHouse house, int count)
    {
        var sum = house.Faults.Values.Sum();
        return Enum.GetValues<CueClass>().ToDictionary(
            label => label,
            label => (int)Math.Round(
                count * house.Faults.GetValueOrDefault(CueClasses.Names[(int)label]) / sum));
    }

    private PatchSet Make(Job job, IReadOnlyList<Utterance> utterances)
    {
        var random = new Random(JobList.StableSeed(options.Seed, job.Name));
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
            var programme = SpokenProgramme.Make(utterances, house.Habits, bed, plan.Utterances, random);
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
