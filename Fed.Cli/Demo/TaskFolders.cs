using Fed.Client;
using Fed.Client.Agent;
using Fed.MediaQc.Folders;

namespace Fed.Cli.Demo;

/// <summary>
/// Finds a task's data: the folders in data/ here, or in the repository that this program was built in.
/// </summary>
internal static class TaskFolders
{
    public const string Usual = "media-qc";

    /// <summary>The short names, for help.</summary>
    public static string Short => string.Join(", ", TaskNames.Known);

    /// <param name="task">Short or full name of a task, or the path of its folder; null when only the folder was
    /// given.</param>
    /// <param name="folder">The folder that --data names, or null.</param>
    /// <exception cref="AgentException">No such task.</exception>
    public static string Find(string? task, string? folder)
    {
        if (folder is not null)
            return folder;
        var name = task ?? Usual;
        if (IsTask(name))
            return name;
        var roots = Roots().ToArray();
        if (roots.Select(root => Path.Combine(root, TaskNames.FolderOf(name))).FirstOrDefault(IsTask) is { } found)
            return found;
        var known = roots
            .SelectMany(root => Directory.Exists(root) ? Directory.GetDirectories(root) : [])
            .Where(IsTask)
            .Select(directory => Path.GetFileName(directory)!)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToArray();
        throw new AgentException(
            ExitCode.Usage,
            $"task '{name}' is not known; "
            + (known.Length > 0
                ? $"known are {string.Join(", ", known)} ({Short} for short), "
                : "there is none in data/, ")
            + "or give the folder of a task with --data (see 'fed data --help')");
    }

    private static bool IsTask(string directory) => File.Exists(Path.Combine(directory, "task.json"));

    private static IEnumerable<string> Roots()
    {
        yield return "data";
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, "data");
    }
}
