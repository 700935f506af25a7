using Fed.MediaQc.Files;

namespace Fed.MediaQc.Folders;

/// <summary>
/// A data folder that is written beside its place and moved there when it is whole, so that a build that fails changes
/// nothing. While the parts are moved there is no task.json: a folder that is half of each is not taken for a
/// data folder.
/// </summary>
public sealed class StagedFolder : IDisposable
{
    /// <summary>What a data folder consists of; other files in it (a federation.json) stay as they are.</summary>
    private static readonly string[] Parts =
        ["task.json", "model.json", "participants", "test", "PROVENANCE.md", "provenance.json"];

    private readonly string target;
    private readonly bool isNew;

    private StagedFolder(string target)
    {
        this.target = target;
        isNew = !System.IO.Directory.Exists(target);
        // Inside, because only that is sure to be on the same file system.
        Directory = Path.Combine(target, ".building-" + Guid.NewGuid().ToString("n"));
        System.IO.Directory.CreateDirectory(Directory);
    }

    /// <summary>Where the parts are to be written.</summary>
    public string Directory { get; }

    /// <param name="target">The data folder's place; it need not exist.</param>
    /// <param name="task">What will be written.</param>
    /// <param name="replace">Take the place of a data folder of another plan, too.</param>
    /// <exception cref="DataFileException">There is a folder of another plan, or parts of one.</exception>
    public static StagedFolder Open(string target, TaskDescription task, bool replace)
    {
        if (!replace && Difference(target, task) is { } difference)
        {
            throw new DataFileException(
                target, $"{difference}; give another --out, or --replace to put the new data folder in its place");
        }

        return new StagedFolder(target);
    }

    /// <summary>
    /// Moves the parts to their place, and removes those that stood there; what stood there comes back if that fails.
    /// </summary>
    /// <exception cref="IOException">A part cannot be moved.</exception>
    public void Publish()
    {
        var previous = Path.Combine(Directory, "previous");
        System.IO.Directory.CreateDirectory(previous);
        try
        {
            foreach (var part in Parts)
                Move(Path.Combine(target, part), Path.Combine(previous, part));
            foreach (var part in Parts.Reverse())
                Move(Path.Combine(Directory, part), Path.Combine(target, part));
        }
        catch
        {
            foreach (var part in Parts.Reverse().Where(part => Path.Exists(Path.Combine(previous, part))))
            {
                Move(Path.Combine(target, part), Path.Combine(Directory, part));
                Move(Path.Combine(previous, part), Path.Combine(target, part));
            }

            throw;
        }
    }

    public void Dispose()
    {
        System.IO.Directory.Delete(Directory, recursive: true);
        if (isNew && !System.IO.Directory.EnumerateFileSystemEntries(target).Any())
            System.IO.Directory.Delete(target);
    }

    private static string? Difference(string target, TaskDescription task)
    {
        if (!Parts.Select(part => Path.Combine(target, part)).Any(Path.Exists))
            return null;
        TaskDescription found;
        try
        {
            found = TaskDescription.Read(Path.Combine(target, "task.json"));
        }
        catch (DataFileException error)
        {
            return $"the folder holds parts of another data folder ({error.Reason})";
        }

        if (found.Name != task.Name)
            return $"the folder holds task '{found.Name}', not '{task.Name}'";
        if (!found.Participants.SequenceEqual(task.Participants))
            return $"the folder holds other houses ({Names(found)}) than the new plan has ({Names(task)})";
        return found.Clusters.SequenceEqual(task.Clusters) && found.Classes.SequenceEqual(task.Classes)
            && found.Shape.SequenceEqual(task.Shape) && found.StoredShape.SequenceEqual(task.StoredShape)
            && found.Features == task.Features
            ? null
            : "the folder holds data of other clusters, classes, shapes or features than the new plan has";
    }

    private static string Names(TaskDescription task)
    {
        const int most = 5;
        var names = string.Join(", ", task.Participants.Take(most).Select(participant => participant.Name));
        return task.Participants.Length > most ? $"{names} and {task.Participants.Length - most} more" : names;
    }

    private static void Move(string from, string to)
    {
        if (File.Exists(from))
            File.Move(from, to);
        else if (System.IO.Directory.Exists(from))
            System.IO.Directory.Move(from, to);
    }
}
