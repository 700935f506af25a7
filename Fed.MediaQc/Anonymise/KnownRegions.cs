using System.Text.Json;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Anonymise;

/// <summary>A region that a person has named.</summary>
/// <param name="File">Name of the file that it is in, without folders; null: every file.</param>
/// <param name="Kind">For the report.</param>
/// <param name="Start">Seconds from the first picture.</param>
/// <param name="End">Seconds, after <paramref name="Start"/>.</param>
/// <param name="Box">Left, top, width, height, pixels of the picture as it is shown.</param>
public sealed record KnownRegion(string Kind, double Start, double End, int[] Box, string? File = null)
{
    internal PixelBox Area => new(Box[0], Box[1], Sum(Box[0], Box[2]), Sum(Box[1], Box[3]));

    /// <summary>As far as there are numbers.</summary>
    private static int Sum(int from, int length) => (int)Math.Min(int.MaxValue, (long)from + length);
}

/// <summary>Regions that a person has named, for what no detector finds.</summary>
/// <param name="Source">For the report.</param>
public sealed record KnownRegions(IReadOnlyList<KnownRegion> All, string Source)
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static KnownRegions None { get; } = new([], "");

    /// <exception cref="DataFileException">It is no list of regions; the message says which one is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static KnownRegions Read(string path)
    {
        var regions = JsonFile.Read<KnownRegion[]>(path, s_options, "a list of regions");
        for (var i = 0; i < regions.Length; i++)
        {
            var region = regions[i] ?? throw new DataFileException(path, $"region {i} is null");
            var wrong = region.Kind.Length == 0 ? "kind is empty"
                : !(region.Start >= 0) ? $"start is {region.Start}; it is 0 or more seconds"
                : !(region.End > region.Start) ? $"end is {region.End}; it comes after start, {region.Start}"
                : region.Box.Length != 4 ? $"box has {region.Box.Length} numbers; it has 4: left, top, width, height"
                : region.Box[2] < 1 || region.Box[3] < 1 ? "box is empty; width and height are 1 or more pixels"
                : null;
            if (wrong is not null)
                throw new DataFileException(path, FormattableString.Invariant($"region {i}: {wrong}"));
        }

        return new(regions, $"a person ({Path.GetFileName(path)})");
    }

    /// <summary>A slip of the pen in a file's name would leave open what a person has seen.</summary>
    /// <param name="path">Of the list.</param>
    /// <exception cref="DataFileException">A region is of a file that is not among these.</exception>
    public void RequireFiles(string path, IEnumerable<string> files)
    {
        var names = files.Select(Path.GetFileName).ToHashSet(StringComparer.Ordinal);
        var stray = All.Index().FirstOrDefault(each => each.Item.File is { } file && !names.Contains(file));
        if (stray.Item is { } region)
        {
            throw new DataFileException(
                path,
                $"region {stray.Index} is of '{region.File}', and no file of this run is called so; give its name without "
                + "folders");
        }
    }

    /// <summary>Those in a file.</summary>
    public KnownRegions Of(string file)
    {
        var name = Path.GetFileName(file);
        return this with { All = [.. All.Where(region => region.File is null || region.File == name)] };
    }
}
