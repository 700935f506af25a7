using System.Globalization;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Programmes;

/// <summary>
/// Builds the data folder of the multimodal task: recordings and photographs to programmes to labelled stretches.
/// Nothing stands in the folder's place until all of it is there.
/// </summary>
public sealed class ProgrammeBuilder(ProgrammePlan plan, BuildOptions options, Action<string> report)
{
    /// <exception cref="DataFileException">A package is missing, a recording or photograph is damaged, a language has
    /// too few recordings, or the folder holds another plan's data.</exception>
    /// <exception cref="MediaToolException">ffmpeg is missing or failed.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var parts = plan.Languages.SelectMany(language => RecordingPart.Deal(
            language, plan.HousesOf(language), options.SourcesDirectory, options.Seed, report)).ToList();
        var task = ProgrammeTask.Describe(plan);
        var scratch = Directory.CreateTempSubdirectory("fed-data-").FullName;
        try
        {
            var maker = new ProgrammeMaker(plan, options.SourcesDirectory, scratch);
            await maker.CheckAsync(cancel);
            using var staged = StagedFolder.Open(options.OutputDirectory, task, options.Replace);
            var jobs = parts.SelectMany(JobsOf).ToArray();
            var made = new StretchSample[jobs.Length][];
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = cancel };
            await Parallel.ForAsync(0, jobs.Length, parallel, async (i, stop) =>
            {
                made[i] = await MakeAsync(maker, jobs[i], stop);
                FqcFile.Write(Path.Combine(staged.Directory, jobs[i].File), ToSet(made[i]));
            });
            foreach (var (job, samples) in jobs.Zip(made))
            {
                var counts = samples.CountBy(sample => sample.Label).ToDictionary();
                report($"{job.Name}: " + string.Join(", ", StreamClasses.Names.Select((name, label) =>
                    $"{name} {counts.GetValueOrDefault((StreamClass)label)}")));
            }

            if (options.MeasuresFile is { } file)
                await File.WriteAllLinesAsync(file, Measures(jobs, made), cancel);
            DataFolderWriter.Write(
                staged.Directory, task, ProgrammeTask.Model(task),
                ProgrammeTask.ProvenanceOf(plan, options.Seed, parts));
            staged.Publish();
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <param name="Houses">Whose habits and beds, in turn.</param>
    /// <param name="Pictures">Identifiers of the photographs.</param>
    /// <param name="Quota">Stretches by label.</param>
    private sealed record Job(
        string Name, string File, RecordingPart Part, ProgrammeHouse[] Houses, string[] Pictures, int[] Quota);

    private IEnumerable<Job> JobsOf(RecordingPart part)
    {
        if (part.House is not ProgrammeHouse house)
        {
            return
            [
                new Job(
                    "test " + part.Language.Key,
                    Path.Combine("test", part.Language.Key + ".fqc"),
                    part,
                    plan.HousesOf(part.Language),
                    plan.TestPictures,
                    [.. StreamClasses.Names.Select(_ => plan.TestPerClass)]),
            ];
        }

        return new[] { ("train", plan.Train), ("validation", plan.Validation) }.Select(one => new Job(
            $"{house.Name} {one.Item1}",
            Path.Combine("participants", house.Name, one.Item1 + ".fqc"),
            part,
            [house],
            house.Pictures,
            house.Share(one.Item2, StreamClasses.Names)));
    }

    private async Task<StretchSample[]> MakeAsync(ProgrammeMaker maker, Job job, CancellationToken cancel)
    {
        var random = new Random(StableSeed.Of(options.Seed, job.Name));
        var labels = job.Quota.SelectMany((count, label) => Enumerable.Repeat((StreamClass)label, count)).ToArray();
        random.Shuffle(labels);
        var samples = new List<StretchSample>();
        foreach (var (number, some) in labels.Chunk(plan.PerProgramme).Index())
        {
            var house = job.Houses[number % job.Houses.Length];
            var bed = house.Beds[number / job.Houses.Length % house.Beds.Length];
            var made = await maker.MakeAsync(job.Part.Utterances, house, job.Pictures, bed, random, cancel);
            samples.AddRange(some.Select(label => Sample(made, label, number, random)));
        }

        return [.. samples];
    }

    /// <summary>One stretch of the programme, anywhere in it, with a displacement of the class.</summary>
    private StretchSample Sample(MadeProgramme made, StreamClass label, int number, Random random)
    {
        var displacement = Displacement.Draw(label, random);
        var given = displacement.Label();
        if (given != label)
            throw new InvalidOperationException($"{displacement} was drawn for {label} and is {given}");
        var seconds = Math.Min(plan.Seconds, made.Streams.Sound.Length);
        var from = (made.Streams.Sound.Length - seconds) * random.NextDouble();
        var map = new byte[ProgrammeFeatures.Length];
        ProgrammeFeatures.Extract(made.Streams.Displaced(displacement), from, from + seconds, map);
        var first = made.Speech.FirstOrDefault(said => said.Start >= from) ?? made.Speech[^1];
        return new StretchSample(label, displacement, first.Utterance.Id, number, from, map);
    }

    private PatchSet ToSet(StretchSample[] samples)
    {
        string[] sources = [.. samples.Select(sample => sample.Source).Distinct().Order(StringComparer.Ordinal)];
        return new PatchSet(
            plan.Task,
            ProgrammeFeatures.Name,
            ProgrammeFeatures.StoredShape,
            StreamClasses.Names,
            sources,
            Array.ConvertAll(samples, sample => (byte)sample.Label),
            Array.ConvertAll(samples, sample => sample.Displacement.Severity()),
            Array.ConvertAll(samples, sample => (ushort)Array.BinarySearch(
                sources, sample.Source, StringComparer.Ordinal)),
            [.. samples.SelectMany(sample => sample.Map)]);
    }

    private static IEnumerable<string> Measures(Job[] jobs, StretchSample[][] made) => jobs.Zip(made)
        .SelectMany(one => one.Second.Select((sample, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"{one.First.Name},{i},{sample.Programme},{sample.From:f3},{sample.Displacement.Stream},"
            + $"{sample.Displacement.Seconds:f4},{StreamClasses.Names[(int)sample.Label]}")))
        .Prepend("set,number,programme,from,stream,seconds,class");
}

/// <summary>One labelled stretch of a programme.</summary>
/// <param name="Source">Identifier of the recording with which it begins.</param>
/// <param name="Programme">Number of its programme within the part.</param>
/// <param name="From">Seconds.</param>
/// <param name="Map">See <see cref="ProgrammeFeatures"/>.</param>
internal sealed record StretchSample(
    StreamClass Label, Displacement Displacement, string Source, int Programme, double From, byte[] Map);
