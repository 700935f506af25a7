using System.Collections.Concurrent;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Plates;

/// <summary>Of what pictures are made.</summary>
/// <param name="Name">Of the part, for seeds.</param>
/// <param name="Houses">Whose cameras, plates and decoys, in turn.</param>
/// <param name="Pictures">Identifiers of photographs, in turn.</param>
/// <param name="Fonts">Identifiers of fonts to draw from.</param>
/// <param name="NewCountries">Identifiers of plates that every fourth picture shows instead of the houses'.</param>
/// <param name="Part">Whose characters are on the plates.</param>
internal sealed record PlateShoot(
    string Name, PlateHouse[] Houses, string[] Pictures, string[] Fonts, string[] NewCountries, PlatePart Part)
{
    /// <summary>Other plates on other photographs for validation than for training.</summary>
    public static PlateShoot Of(PlateHouse house, PlatePart part) => part == PlatePart.Train
        ? new($"{house.Name} train", [house], house.Pictures, house.Fonts, [], part)
        : new($"{house.Name} validation", [house], house.ValidationPictures, house.Fonts, [], part);

    public static PlateShoot OfTest(PlatePlan plan, string site) => new(
        $"test {site}", plan.HousesOf(site), plan.Test.Pictures, plan.Test.Fonts,
        plan.Test.NewCountries.GetValueOrDefault(site, []), PlatePart.Test);
}

/// <summary>A made picture, as it comes out of a codec.</summary>
/// <param name="Source">Identifier of the photograph.</param>
internal sealed record PlatePicture(string Source, int Width, int Height, byte[] Luma, IReadOnlyList<PlacedThing> Things);

/// <summary>Makes pictures with plates of photographs and fonts.</summary>
/// <param name="root">Directory below which the plan's paths lie.</param>
/// <param name="scratch">An existing folder for temporary files.</param>
internal sealed class PlatePictures(PlatePlan plan, string root, string scratch)
{
    /// <summary>On the short side of a photograph.</summary>
    private const int Lines = 720;

    private readonly Ffmpeg _ffmpeg = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<GrayImage>>> _photographs = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<GlyphSheet>>> _fonts = new();

    /// <summary>Looks at every photograph and font that the plan uses, before anything is made of any.</summary>
    /// <exception cref="DataFileException">Some are missing, damaged or blank; ten are named.</exception>
    /// <exception cref="MediaToolException">ffmpeg is missing.</exception>
    public async Task CheckAsync(CancellationToken cancel)
    {
        var problems = new List<DataFileException>();
        IEnumerable<Func<Task>> looks =
        [
            .. plan.Houses.SelectMany(house => house.Fonts).Concat(plan.Test.Fonts).Distinct()
                .Select(id => (Func<Task>)(() => FontAsync(id, cancel))),
            .. plan.Houses.SelectMany(house => house.AllPictures).Concat(plan.Test.Pictures)
                .Select(id => (Func<Task>)(() => PhotographAsync(id, cancel))),
        ];
        foreach (var look in looks)
        {
            try
            {
                await look();
            }
            catch (DataFileException error)
            {
                problems.Add(error);
            }
        }

        if (problems.Count > 0)
            throw DataFileException.Of(problems);
    }

    /// <summary>A photograph as it is, its short side scaled to at most 720.</summary>
    public Task<GrayImage> PhotographAsync(string id, CancellationToken cancel) => _photographs.GetOrAdd(
        id,
        key => new Lazy<Task<GrayImage>>(() => GrayImage.LoadAsync(
            _ffmpeg, PathOf(plan.Pictures, key), Lines, scratch, cancel))).Value;

    /// <summary>Makes pictures; the same ones whatever <paramref name="jobs"/> is.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="jobs">Made at the same time, at least 1.</param>
    public async Task<PlatePicture[]> MakeAsync(
        PlateShoot shoot, int width, int height, int count, int seed, int jobs, CancellationToken cancel)
    {
        var fonts = new List<GlyphSheet>();
        foreach (var id in shoot.Fonts)
            fonts.Add(await FontAsync(id, cancel));
        var maker = new PlateSceneMaker(width, height);
        var scenes = new PlateScene[count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancel };
        await Parallel.ForAsync(0, count, parallel, async (i, stop) =>
        {
            var house = HouseOf(shoot, i);
            var isNew = shoot.NewCountries.Length > 0 && i % 4 == 3;
            scenes[i] = maker.Make(
                await PhotographAsync(SourceOf(shoot, i), stop),
                [.. (isNew ? shoot.NewCountries : house.Countries).Select(plan.Country)],
                house.Decoys,
                fonts,
                house.Camera,
                shoot.Part,
                new Random(StableSeed.Of(seed, shoot.Name, i)));
        });
        return await EncodeAsync(shoot, scenes, width, height, jobs, cancel);
    }

    private static PlateHouse HouseOf(PlateShoot shoot, int i) => shoot.Houses[i % shoot.Houses.Length];

    private static string SourceOf(PlateShoot shoot, int i) => shoot.Pictures[i % shoot.Pictures.Length];

    /// <summary>All scenes of one codec go through it together, each as a picture of its own.</summary>
    private async Task<PlatePicture[]> EncodeAsync(
        PlateShoot shoot, PlateScene[] scenes, int width, int height, int jobs, CancellationToken cancel)
    {
        var pictures = new PlatePicture[scenes.Length];
        var groups = Enumerable.Range(0, scenes.Length).GroupBy(i =>
        {
            var house = HouseOf(shoot, i);
            return house.Camera.Codecs[i / shoot.Houses.Length % house.Camera.Codecs.Length];
        });
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancel };
        await Parallel.ForEachAsync(groups, parallel, async (group, stop) =>
        {
            var words = group.Key.Split(' ', 2);
            var clip = new Clip(width, height, [.. group.Select(i => scenes[i].Luma)]);
            var seen = await clip.ThroughCodecAsync(
                _ffmpeg, Encoders.Arguments(words[0], $"-g 1 {words.ElementAtOrDefault(1)}"), scratch, stop);
            foreach (var (i, luma) in group.Zip(seen.Frames))
                pictures[i] = new PlatePicture(SourceOf(shoot, i), width, height, luma, scenes[i].Things);
        });
        return pictures;
    }

    private Task<GlyphSheet> FontAsync(string id, CancellationToken cancel) => _fonts.GetOrAdd(
        id,
        key => new Lazy<Task<GlyphSheet>>(() => GlyphSheet.DrawAsync(
            _ffmpeg, PathOf(plan.Fonts, key), scratch, cancel))).Value;

    private string PathOf(SourceImageInfo[] sources, string id) =>
        Path.Combine(root, sources.First(source => source.Id == id).Path);
}
