using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Plates;

/// <summary>One labelled window of a picture.</summary>
/// <param name="Source">Identifier of the photograph.</param>
/// <param name="Kind">Country of a plate; kind of a decoy; photo: neither; part: a piece of a plate, or too much
/// around one; bare: of a photograph as it is.</param>
/// <param name="Severity">Of a plate 1, or 2 if no house has seen plates of its country; else 0.</param>
/// <param name="Stored">See <see cref="PlateWindow"/>.</param>
internal sealed record PlateSample(string Source, string Kind, bool IsPlate, byte Severity, byte[] Stored)
{
    public static PatchSet ToSet(string task, IReadOnlyList<PlateSample> samples)
    {
        string[] sources = [.. samples.Select(sample => sample.Source).Distinct().Order(StringComparer.Ordinal)];
        return new PatchSet(
            task,
            PlateFeatures.Name,
            PlateFeatures.StoredShape,
            PlateClasses.Names,
            sources,
            [.. samples.Select(sample => sample.IsPlate ? PlateClasses.PlateLabel : (byte)0)],
            [.. samples.Select(sample => sample.Severity)],
            [.. samples.Select(sample => (ushort)Array.BinarySearch(sources, sample.Source, StringComparer.Ordinal))],
            [.. samples.SelectMany(sample => sample.Stored)]);
    }
}

/// <summary>
/// Takes windows of made pictures, as a detector would look at them, labelled by where the plates were put. Windows
/// that see half of a plate get no label and are not used.
/// </summary>
/// <param name="most">Windows of each class of one picture.</param>
/// <param name="newCountries">Plates that no house has seen.</param>
internal sealed class WindowSampler(int most, IReadOnlyCollection<string> newCountries)
{
    /// <summary>Of one plate.</summary>
    public const int WindowsOfPlate = 2;

    /// <summary>Kind of a sample.</summary>
    public const string Bare = "bare";

    private readonly PicturePyramid _pyramid = new();
    private readonly PlateProposals _proposals = new();
    private readonly List<PlateProposal> _found = [];

    public IEnumerable<PlateSample> Take(PlatePicture picture, Random random)
    {
        _pyramid.Load(picture.Luma, picture.Width, picture.Height);
        _found.Clear();
        _proposals.Find(_pyramid, _found);
        return [.. Plates(picture, random).Take(most), .. Backgrounds(picture, random)];
    }

    /// <summary>Backgrounds of a photograph into which nothing was put: of the detector's proposals, by chance, so that
    /// a set does not depend on a model that was trained on another.</summary>
    /// <param name="count">Fewer if there are fewer proposals.</param>
    public IEnumerable<PlateSample> TakeBare(string source, GrayImage photograph, int count, Random random)
    {
        _pyramid.Load(photograph.Pixels, photograph.Width, photograph.Height);
        _found.Clear();
        _proposals.Find(_pyramid, _found);
        return [.. _found.OrderBy(_ => random.Next()).Take(count)
            .Select(at => new PlateSample(source, Bare, false, 0, Cut(at)))];
    }

    private IEnumerable<PlateSample> Plates(PlatePicture picture, Random random) =>
        from thing in picture.Things.Where(thing => thing.IsPlate)
        from at in Around(thing.Box.InWindowShape()).OrderBy(_ => random.Next()).Take(WindowsOfPlate).ToList()
        select new PlateSample(
            picture.Source, thing.Kind, true, (byte)(newCountries.Contains(thing.Kind) ? 2 : 1), Cut(at));

    /// <summary>All windows of the detector's that see it.</summary>
    private IEnumerable<PlateProposal> Around(PlateBox target)
    {
        foreach (var (i, level) in _pyramid.Levels.Index())
        {
            for (var y = 0; y + PlateWindow.Height <= level.Height; y += PlateProposals.StepY)
            {
                for (var x = 0; x + PlateWindow.Width <= level.Width; x += PlateProposals.StepX)
                {
                    if (level.Inner(x, y).Overlap(target) >= PlateWindow.PlateOverlap)
                        yield return new PlateProposal(i, x, y, 0);
                }
            }
        }
    }

    /// <summary>Proposals by turns of their kinds, so that rare kinds are there; every eighth is anywhere.</summary>
    private List<PlateSample> Backgrounds(PlatePicture picture, Random random)
    {
        var kinds = _found.OrderBy(_ => random.Next())
            .Select(at => (At: at, Kind: KindOf(picture, at)))
            .Where(one => one.Kind is not null)
            .GroupBy(one => one.Kind!)
            .Select(kind => new Queue<(PlateProposal At, string? Kind)>(kind))
            .ToList();
        var taken = new List<PlateSample>();
        while (taken.Count < most && kinds.Count > 0)
        {
            foreach (var kind in kinds.Take(most - taken.Count))
            {
                var (at, name) = kind.Dequeue();
                taken.Add(new PlateSample(picture.Source, name!, false, 0, Cut(at)));
            }

            kinds.RemoveAll(kind => kind.Count == 0);
        }

        var anywhere = Anywhere(random);
        if (random.Next(8) < most && KindOf(picture, anywhere) is { } seen)
            taken.Add(new PlateSample(picture.Source, seen, false, 0, Cut(anywhere)));
        return taken;
    }

    private PlateProposal Anywhere(Random random)
    {
        var level = random.Next(_pyramid.Levels.Count);
        var (width, height) = (_pyramid.Levels[level].Width, _pyramid.Levels[level].Height);
        return new PlateProposal(
            level, random.Next(width - PlateWindow.Width + 1), random.Next(height - PlateWindow.Height + 1), 0);
    }

    /// <returns>Null: it sees too much of a plate for a background, and perhaps too little for a plate.</returns>
    private string? KindOf(PlatePicture picture, PlateProposal at)
    {
        var inner = _pyramid.Levels[at.Level].Inner(at.X, at.Y);
        if (picture.Things.Any(thing => thing.IsPlate
            && thing.Box.InWindowShape().Overlap(inner) >= PlateWindow.BackgroundOverlap))
        {
            return null;
        }

        var meets = picture.Things.Where(thing => thing.Box.Meets(inner)).ToList();
        return meets.Any(thing => thing.IsPlate) ? "part" : meets.FirstOrDefault()?.Kind ?? "photo";
    }

    private byte[] Cut(PlateProposal at)
    {
        var window = new byte[PlateWindow.Length];
        _pyramid.Levels[at.Level].Cut(at.X, at.Y, window);
        PlateWindow.Normalise(window, window);
        return window;
    }
}
