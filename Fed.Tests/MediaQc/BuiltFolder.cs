using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;

namespace Fed.Tests.MediaQc;

/// <summary>What is so of every data folder that a builder made, whatever its task.</summary>
internal static class BuiltFolder
{
    /// <summary>task.json, model.json, PROVENANCE.md, provenance.json.</summary>
    private const int Described = 4;

    /// <summary>
    /// It opens, holds nothing but its sets and their description, none of its held-out sources is a house's, its
    /// provenance names the authors, and a second build of the same seed wrote the same bytes.
    /// </summary>
    /// <returns>Its sets, as <see cref="DataFolder.ReadAll"/> gives them.</returns>
    public static IReadOnlyList<(string File, PatchSet Patches)> Require(string folder, string again)
    {
        var sets = DataFolder.Open(folder).ReadAll();
        var tested = sets.Where(IsTest).SelectMany(one => one.Patches.Sources).ToHashSet();
        Assert.NotEmpty(tested);
        Assert.Empty(sets.Where(one => !IsTest(one)).SelectMany(one => one.Patches.Sources).Intersect(tested));
        Assert.Contains(
            "Ann Author", File.ReadAllText(Path.Combine(folder, "PROVENANCE.md")), StringComparison.Ordinal);

        var files = FilesOf(folder);
        Assert.Equal(sets.Count + Described, files.Length);
        Assert.Equal(files, FilesOf(again));
        Assert.All(files, file => Assert.Equal(
            File.ReadAllBytes(Path.Combine(folder, file)), File.ReadAllBytes(Path.Combine(again, file))));
        return sets;
    }

    public static bool IsTest((string File, PatchSet) one) => one.File.StartsWith("test", StringComparison.Ordinal);

    private static string[] FilesOf(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal),
    ];
}
