using System.Collections.Concurrent;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Programmes;

/// <summary>A programme of three streams, and what is said in it.</summary>
internal sealed record MadeProgramme(ProgrammeStreams Streams, IReadOnlyList<SpokenProgramme.Said> Speech);

/// <summary>Makes programmes of recordings and photographs.</summary>
/// <param name="root">Directory below which the plan's paths lie.</param>
/// <param name="scratch">An existing folder for temporary files.</param>
internal sealed class ProgrammeMaker(ProgrammePlan plan, string root, string scratch)
{
    private readonly Ffmpeg _ffmpeg = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<GrayImage>>> _images = new();

    /// <summary>Looks at every photograph that the plan uses, before anything is made of any.</summary>
    /// <exception cref="DataFileException">Photographs are missing, damaged or blank; ten are named.</exception>
    /// <exception cref="MediaToolException">ffmpeg is missing.</exception>
    public async Task CheckAsync(CancellationToken cancel)
    {
        var problems = new List<DataFileException>();
        foreach (var id in plan.Houses.SelectMany(house => house.Pictures).Concat(plan.TestPictures))
        {
            try
            {
                await ImageAsync(id, cancel);
            }
            catch (DataFileException error)
            {
                problems.Add(error);
            }
        }

        if (problems.Count > 0)
            throw DataFileException.Of(problems);
    }

    /// <param name="pictures">Identifiers of the photographs to choose from.</param>
    /// <param name="bed">What lies under the speech.</param>
    /// <exception cref="MediaToolException">ffmpeg is missing or failed.</exception>
    public async Task<MadeProgramme> MakeAsync(
        IReadOnlyList<Utterance> utterances,
        ProgrammeHouse house,
        IReadOnlyList<string> pictures,
        string bed,
        Random random,
        CancellationToken cancel)
    {
        var spoken = SpokenProgramme.Make(utterances, house.Habits, bed, plan.Utterances, random);
        var edits = EditList.Make(spoken.Speech, spoken.Levels.Length, house.Edits, random);
        var cues = EditList.Snap(spoken.Cues, edits, house.Edits, random);
        var images = new List<GrayImage>();
        foreach (var id in pictures)
            images.Add(await ImageAsync(id, cancel));
        var cuts = await PictureTrack.RecordAsync(
            edits, spoken.Levels.Length, images, house.Edits, random, _ffmpeg, scratch, cancel);
        return new MadeProgramme(new ProgrammeStreams(spoken.Levels, cues, cuts), spoken.Speech);
    }

    private Task<GrayImage> ImageAsync(string id, CancellationToken cancel) => _images.GetOrAdd(
        id, key => new Lazy<Task<GrayImage>>(() => LoadAsync(key, cancel))).Value;

    private async Task<GrayImage> LoadAsync(string id, CancellationToken cancel)
    {
        var path = Path.Combine(root, plan.Pictures.First(picture => picture.Id == id).Path);
        var image = await GrayImage.LoadAsync(_ffmpeg, path, PictureTrack.Lines, scratch, cancel);
        return image.Width >= Cut.Width && image.Height >= Cut.Height
            ? image
            : throw new DataFileException(
                path,
                $"the picture is {image.Width}x{image.Height}; it must be {Cut.Width}x{Cut.Height} "
                + "or larger");
    }
}
