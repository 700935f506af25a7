using Fed.MediaQc.Files;
using Fed.Training;

namespace Fed.MediaQc.Folders;

/// <summary>A participant of a data folder.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cluster">Key of its cluster.</param>
/// <param name="Directory">Its own folder, for <see cref="ParticipantFolder.Open"/>.</param>
public sealed record DataParticipant(string Name, string Cluster, string Directory);

/// <summary>
/// A whole task as the demo and the tests use it: <c>task.json</c>, <c>model.json</c>, <c>participants/NAME/</c> and
/// the held-out <c>test/CLUSTER.fqc</c>.
/// </summary>
public sealed class DataFolder
{
    private readonly string directory;

    private DataFolder(string directory, TaskDescription description, string modelJson)
    {
        this.directory = directory;
        Description = description;
        ModelJson = modelJson;
        Task = new DataTask(description.Name, description.Shape, description.Classes, description.Features);
        Clusters = description.Clusters;
        Participants =
        [
            .. description.Participants.Select(participant => new DataParticipant(
                participant.Name, participant.Cluster, Path.Combine(directory, "participants", participant.Name))),
        ];
    }

    public DataTask Task { get; }

    /// <summary>Everything that task.json says, the recommended training settings among it.</summary>
    public TaskDescription Description { get; }

    /// <summary>Cluster keys in the order of task.json.</summary>
    public IReadOnlyList<string> Clusters { get; }

    /// <summary>In the order in which a smaller federation takes them: the first 12 cover every cluster.</summary>
    public IReadOnlyList<DataParticipant> Participants { get; }

    /// <summary>The model specification, as JSON.</summary>
    public string ModelJson { get; }

    /// <exception cref="DataFileException">The folder, task.json or model.json is missing or damaged.</exception>
    public static DataFolder Open(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new DataFileException(
                directory, "there is no such folder; the data folder of a task has a task.json");
        }

        var description = TaskDescription.Read(Path.Combine(directory, "task.json"));
        return new DataFolder(directory, description, ReadModel(Path.Combine(directory, "model.json")));
    }

    /// <summary>The held-out samples of a cluster.</summary>
    /// <exception cref="ArgumentException">The task has no such cluster.</exception>
    /// <exception cref="DataFileException">The file is missing, damaged, or of another task.</exception>
    public SampleSet Test(string cluster)
    {
        var path = TestPath(cluster);
        var (task, samples) = SampleFile.Read(path);
        SampleFile.RequireSame(path, task, Task);
        return samples;
    }

    /// <summary>The same as they are stored, before their features are made.</summary>
    /// <exception cref="ArgumentException">The task has no such cluster.</exception>
    /// <exception cref="DataFileException">The file is missing, damaged, or of another task.</exception>
    public PatchSet TestSamples(string cluster) => ReadOwn(TestPath(cluster));

    private string TestPath(string cluster) => Clusters.Contains(cluster)
        ? Path.Combine(directory, "test", cluster + ".fqc")
        : throw new ArgumentException($"cluster '{cluster}' is not one of {string.Join(", ", Clusters)}");

    /// <summary>
    /// Reads every file, and makes sure that all are of this task and that there is nothing of another.
    /// </summary>
    /// <returns>Path within the folder, and patches, houses in the order of task.json, then the
    /// held-out part.</returns>
    /// <exception cref="DataFileException">A file is missing, damaged, of another task, or task.json does not
    /// name it.</exception>
    public IReadOnlyList<(string File, PatchSet Patches)> ReadAll()
    {
        RequireOnly("participants", [.. Participants.Select(participant => participant.Name)]);
        RequireOnly("test", [.. Clusters.Select(cluster => cluster + ".fqc")]);
        var files = Participants
            .SelectMany(_ => new[] { "train.fqc", "validation.fqc" }, (participant, part) =>
                Path.Combine("participants", participant.Name, part))
            .Concat(Clusters.Select(cluster => Path.Combine("test", cluster + ".fqc")));
        return [.. files.Select(file => (file, ReadOwn(Path.Combine(directory, file))))];
    }

    private PatchSet ReadOwn(string path)
    {
        var set = FqcFile.Read(path);
        return set.Task == Description.Name && set.Features == Description.Features
            && set.Shape.SequenceEqual(Description.StoredShape) && set.Classes.SequenceEqual(Description.Classes)
            ? set
            : throw new DataFileException(
                path,
                $"the file holds task '{set.Task}' with features {set.Features}, patches of "
                + $"[{string.Join(',', set.Shape)}] and classes {string.Join(", ", set.Classes)}, which task.json does "
                + "not say; build the set again");
    }

    private void RequireOnly(string folder, HashSet<string> named)
    {
        var path = Path.Combine(directory, folder);
        var strange = Directory.Exists(path)
            ? Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry)!)
                .Where(name => !named.Contains(name) && !name.StartsWith('.')).Order(StringComparer.Ordinal).ToList()
            : [];
        if (strange.Count > 0)
        {
            throw new DataFileException(
                path, $"task.json does not name {string.Join(", ", strange)}; remove that, or build the set again");
        }
    }

    private static string ReadModel(string path)
    {
        try
        {
            return JsonFile.ReadText(path, "JSON of a model specification");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "the model specification is missing", error);
        }
    }
}
