using System.Diagnostics;
using Fed.MediaQc.Anonymise;
using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Plates;

/// <summary>A plate in a picture, and whether a detector found it.</summary>
/// <param name="Site">Whose cameras took it.</param>
/// <param name="Country">See <see cref="PlateCountry"/>.</param>
/// <param name="IsNew">No house has seen plates of that country.</param>
/// <param name="TwoLines">Its characters stand in two lines.</param>
/// <param name="Height">Pixels, on a picture of 1280 x 720.</param>
/// <param name="Found">One region covers four fifths of it, and is at most ten times as large.</param>
public sealed record PlateTrial(
    string Site, string Country, bool IsNew, bool TwoLines, double Height, bool Found);

/// <summary>What a detector did with a number of pictures.</summary>
/// <param name="Site">Whose cameras took them; null: photographs without a plate.</param>
/// <param name="Pictures">How many.</param>
/// <param name="False">Regions that meet no plate.</param>
/// <param name="Milliseconds">Of each picture's detection.</param>
public sealed record PlateTrialPictures(
    string? Site, int Pictures, int False, IReadOnlyList<double> Milliseconds, IReadOnlyList<PlateTrial> Plates);

/// <summary>Whole made pictures of 1280 x 720, and the same photographs without a plate, to try detectors on.</summary>
public sealed class PlateTrials
{
    private const int Width = 1280;
    private const int Height = 720;
    private const double Covered = 0.8;
    private const double Largest = 10;

    private readonly PlatePlan _plan;
    private readonly HashSet<string> _known;
    private readonly List<(string? Site, List<PlatePicture> Pictures)> _groups = [];

    private PlateTrials(PlatePlan plan)
    {
        _plan = plan;
        _known = [.. plan.Houses.SelectMany(house => house.Countries)];
    }

    /// <param name="sources">Directory below which the plan's paths lie.</param>
    /// <param name="perSite">Pictures of each site.</param>
    /// <param name="own">Of the houses' photographs and characters for validation, to choose settings by; else of what
    /// no house has.</param>
    /// <exception cref="DataFileException">A photograph or font is missing or damaged.</exception>
    /// <exception cref="MediaToolException">ffmpeg is missing or failed.</exception>
    public static async Task<PlateTrials> MakeAsync(
        PlatePlan plan, string sources, int perSite, int seed, bool own, CancellationToken cancel)
    {
        var scratch = Directory.CreateTempSubdirectory("fed-plates-").FullName;
        try
        {
            var pictures = new PlatePictures(plan, sources, scratch);
            var trials = new PlateTrials(plan);
            foreach (var site in plan.Houses.Select(house => house.Site).Distinct())
            {
                PlateShoot[] shoots = own
                    ? [.. plan.HousesOf(site).Select(house => PlateShoot.Of(house, PlatePart.Validation))]
                    : [PlateShoot.OfTest(plan, site)];
                var made = new List<PlatePicture>();
                foreach (var shoot in shoots)
                {
                    made.AddRange(await pictures.MakeAsync(
                        shoot with { Name = shoot.Name + " trials" }, Width, Height, perSite / shoots.Length, seed,
                        Environment.ProcessorCount, cancel));
                }

                trials._groups.Add((site, made));
            }

            var bare = new List<PlatePicture>();
            foreach (var id in own ? plan.Houses.SelectMany(house => house.ValidationPictures) : plan.Test.Pictures)
            {
                var picture = await pictures.PhotographAsync(id, cancel);
                bare.Add(new PlatePicture(id, picture.Width, picture.Height, picture.Pixels, []));
            }

            trials._groups.Add((null, bare));
            return trials;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>Site after site, then the photographs without a plate.</summary>
    public IReadOnlyList<PlateTrialPictures> Try(IRegionDetector detector) =>
        [.. _groups.Select(group => Try(detector, group.Site, group.Pictures))];

    private PlateTrialPictures Try(IRegionDetector detector, string? site, List<PlatePicture> pictures)
    {
        var trials = new List<PlateTrial>();
        var times = new List<double>();
        var regions = new List<DetectedRegion>();
        var wrong = 0;
        foreach (var picture in pictures)
        {
            regions.Clear();
            var begun = Stopwatch.GetTimestamp();
            detector.Detect(picture.Luma, picture.Width, picture.Height, regions);
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            var boxes = regions.ConvertAll(region => new PlateBox(
                region.Left, region.Top, region.Left + region.Width, region.Top + region.Height));
            var plates = picture.Things.Where(thing => thing.IsPlate).ToList();
            wrong += boxes.Count(box => !plates.Any(plate => plate.Box.Meets(box)));
            trials.AddRange(plates.Select(plate => new PlateTrial(
                site ?? "",
                plate.Kind,
                !_known.Contains(plate.Kind),
                _plan.Country(plate.Kind).TwoLines,
                plate.Box.Height,
                boxes.Any(box => box.Shared(plate.Box) >= Covered * plate.Box.Area
                    && box.Area <= Largest * plate.Box.Area))));
        }

        return new PlateTrialPictures(site, pictures.Count, wrong, times, trials);
    }
}
