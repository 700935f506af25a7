using System.Globalization;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Plates;

/// <summary>
/// Builds the data folder of the plate task: photographs and fonts to pictures to labelled windows. Nothing stands in
/// the folder's place until all of it is there.
/// </summary>
public sealed class PlateBuilder(PlatePlan plan, BuildOptions options, Action<string> report)
{
    private readonly HashSet<string> _newCountries = [.. plan.Test.NewCountries.Values.SelectMany(ids => ids)];

    /// <exception cref="DataFileException">A photograph or font is missing or damaged, a part gets far too little, or
    /// the folder holds another plan's data.</exception>
    /// <exception cref="MediaToolException">ffmpeg is missing or failed.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var task = PlateTask.Describe(plan);
        var scratch = Directory.CreateTempSubdirectory("fed-data-").FullName;
        try
        {
            var pictures = new PlatePictures(plan, options.SourcesDirectory, scratch);
            await pictures.CheckAsync(cancel);
            using var staged = StagedFolder.Open(options.OutputDirectory, task, options.Replace);
            var measures = new List<string> { "set,source,kind,class,severity" };
            foreach (var part in Parts(task))
            {
                var samples = await PickAsync(part, pictures, staged.Directory, cancel);
                measures.AddRange(samples.Select(sample => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{part.Shoot.Name},{sample.Source},{sample.Kind},{sample.IsPlate},{sample.Severity}")));
            }

            if (options.MeasuresFile is { } file)
                await File.WriteAllLinesAsync(file, measures, cancel);
            DataFolderWriter.Write(
                staged.Directory, task, PlateTask.Model(task), PlateTask.ProvenanceOf(plan, options.Seed));
            staged.Publish();
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <param name="File">Within the data folder.</param>
    /// <param name="Wanted">Windows by class.</param>
    /// <param name="Bare">Share of the backgrounds that are taken of photographs as they are.</param>
    private sealed record Part(PlateShoot Shoot, string File, IReadOnlyDictionary<string, int> Wanted, double Bare);

    private IEnumerable<Part> Parts(TaskDescription task)
    {
        foreach (var house in plan.Houses)
        {
            yield return new Part(
                PlateShoot.Of(house, PlatePart.Train), $"participants/{house.Name}/train.fqc", house.Train,
                plan.Bare);
            yield return new Part(
                PlateShoot.Of(house, PlatePart.Validation), $"participants/{house.Name}/validation.fqc",
                house.Validation, plan.Bare);
        }

        var wanted = PlateClasses.Names.ToDictionary(name => name, _ => plan.Test.PerClass);
        foreach (var site in task.Clusters)
            yield return new Part(PlateShoot.OfTest(plan, site), $"test/{site}.fqc", wanted, Bare: 0);
    }

    private static List<PlateSample> Pick(
        IEnumerable<PlateSample> candidates, IReadOnlyDictionary<string, int> wanted, Random random) => Quota.Pick(
            candidates,
            PlateClasses.Names,
            sample => sample.IsPlate ? PlateClasses.Plate : PlateClasses.Background,
            sample => (sample.Source, sample.Kind),
            wanted,
            random);

    private async Task<List<PlateSample>> PickAsync(
        Part part, PlatePictures pictures, string folder, CancellationToken cancel)
    {
        var name = part.Shoot.Name;
        var bare = (int)(part.Bare * part.Wanted.GetValueOrDefault(PlateClasses.Background));
        var wanted = part.Wanted.ToDictionary(
            one => one.Key, one => one.Key == PlateClasses.Background ? one.Value - bare : one.Value);
        // A picture has one plate at least; there are to be half more backgrounds than are taken.
        var count = Math.Max(
            (int)Math.Ceiling(1.1 * wanted.GetValueOrDefault(PlateClasses.Plate) / WindowSampler.WindowsOfPlate),
            (int)Math.Ceiling(1.5 * wanted.GetValueOrDefault(PlateClasses.Background) / plan.PerPicture));
        count = Math.Max(count, part.Shoot.Pictures.Length);
        var made = await pictures.MakeAsync(
            part.Shoot, plan.Width, plan.Height, count, options.Seed, options.Jobs, cancel);
        var sampler = new WindowSampler(plan.PerPicture, _newCountries);
        var random = new Random(StableSeed.Of(options.Seed, name));
        var candidates = made.SelectMany(picture => sampler.Take(picture, random)).ToList();
        var picked = Pick(candidates, wanted, random);
        if (bare > 0)
        {
            var found = new List<PlateSample>();
            foreach (var id in part.Shoot.Pictures)
                found.AddRange(sampler.TakeBare(id, await pictures.PhotographAsync(id, cancel), bare, random));
            picked.AddRange(Pick(found, new Dictionary<string, int> { [PlateClasses.Background] = bare }, random));
            picked = [.. picked.OrderBy(_ => random.Next())];
            candidates.AddRange(found);
        }

        var set = PlateSample.ToSet(plan.Task, picked);
        FqcFile.Write(Path.Combine(folder, part.File), set);
        var counts = set.CountByClass();
        var text = PlateClasses.Names.Select((c, i) => $"{c} {counts[i]}/{part.Wanted.GetValueOrDefault(c)}");
        report($"{name}: {count} pictures, {candidates.Count} windows, took {set.Count} ({string.Join(", ", text)})");
        if (Quota.Check(name, options.OutputDirectory, set, part.Wanted) is { } warning)
            report(warning);
        return picked;
    }
}
