using Fed.MediaQc.Anonymise;
using Fed.MediaQc.Scan;

namespace Fed.Cli.Qc;

/// <summary>Which file becomes which.</summary>
internal static class AnonymiseFiles
{
    /// <summary>Linux follows as many.</summary>
    private const int MostLinks = 40;

    /// <param name="named">Files and folders.</param>
    /// <param name="target">File or folder; null: nothing is written.</param>
    /// <param name="mayReplace">What stands there.</param>
    /// <returns>Each file with what it becomes, and what cannot be done.</returns>
    /// <exception cref="ArgumentException">The target is no place for them.</exception>
    public static (IReadOnlyList<(string File, string? Output)> Files, List<ScanFailure> Failures) Expand(
        IReadOnlyList<string> named, string? target, bool mayReplace)
    {
        var (found, failures) = (new List<(string File, string Name)>(), new List<ScanFailure>());
        foreach (var name in named)
        {
            if (!Directory.Exists(name))
            {
                found.Add((name, Path.GetFileName(name)));
                continue;
            }

            var known = failures.Count;
            var inside = FolderWalk.Files(name, refused => failures.Add(new(name, refused.Message)))
                .SelectMany(files => files)
                .Where(file => PictureEncoder.Endings.Contains(
                    Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                // What an earlier run has written.
                .Where(file => target is null || !IsIn(file, target))
                .Order(StringComparer.Ordinal)
                .ToArray();
            found.AddRange(inside.Select(file => (file, Path.GetRelativePath(name, file))));
            if (inside.Length == 0 && failures.Count == known)
                failures.Add(new(name, $"{name}: there is no film or picture in this folder"));
        }

        if (target is null)
            return ([.. found.Select(each => (each.File, (string?)null))], failures);
        var isFile = named is [var only] && !Directory.Exists(only) && !Directory.Exists(target)
            && !Path.EndsInDirectorySeparator(target);
        var sources = found.Select(each => Real(each.File)).ToHashSet(StringComparer.Ordinal);
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        var files = new List<(string File, string? Output)>();
        foreach (var (file, name) in found)
        {
            var output = isFile ? target : Path.Combine(target, name);
            var reason = sources.Contains(Real(output)) ? $"{output}: it would be written over a source; give another --out"
                : Directory.Exists(output) ? $"{output}: it is a folder"
                : File.Exists(output) && !mayReplace ? $"{output}: it stands there already; --force replaces it"
                : !taken.TryAdd(Path.GetFullPath(output), file)
                    ? $"{file}: {taken[Path.GetFullPath(output)]} becomes {output}, too"
                : null;
            if (reason is null)
                files.Add((file, output));
            else
                failures.Add(new(file, reason));
        }

        RequireFolders(files, isFile);
        return (files, failures);
    }

    private static void RequireFolders(IEnumerable<(string File, string? Output)> files, bool isFile)
    {
        foreach (var folder in files.Select(each => Path.GetDirectoryName(Path.GetFullPath(each.Output!))!).Distinct())
        {
            if (isFile && !Directory.Exists(folder))
                throw new ArgumentException($"--out names a file in '{folder}', which is no folder; make it before");
            try
            {
                Directory.CreateDirectory(folder);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new ArgumentException($"--out: '{folder}' cannot be made ({error.Message})", error);
            }
        }
    }

    private static bool IsIn(string file, string folder) => Path.GetFullPath(file).StartsWith(
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar,
        StringComparison.Ordinal);

    /// <summary>Where links lead, those to folders on the way, too.</summary>
    internal static string Real(string path)
    {
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        var followed = 0;
        var left = new Stack<string>(Parts(full).Reverse());
        while (left.TryPop(out var part))
        {
            var next = Path.Combine(real, part);
            // A circle leads nowhere: the file's own turn says so.
            if (new FileInfo(next).LinkTarget is not { } target || ++followed > MostLinks)
            {
                real = next;
                continue;
            }

            var there = Path.GetFullPath(Path.Combine(real, target));
            real = Path.GetPathRoot(there)!;
            foreach (var step in Parts(there).Reverse())
                left.Push(step);
        }

        return real;

        static string[] Parts(string of) =>
            of[Path.GetPathRoot(of)!.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
    }
}
