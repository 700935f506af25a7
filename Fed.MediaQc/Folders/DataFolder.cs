using System.Text.Json;
using Fed.MediaQc.Files;
using Fed.Training.Data;

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
        Task = new DataTask(description.Name, description.Shape, description.Classes);
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
            throw new DataFileException(directory, "the data folder is missing; --data must name a folder with task.json");
        var description = TaskDescription.Read(Path.Combine(directory, "task.json"));
        return new DataFolder(directory, description, ReadModel(Path.Combine(directory, "model.json")));
    }

    /// <summary>The held-out samples of a cluster.</summary>
    /// <exception cref="ArgumentException">The task has no such cluster.</exception>
    /// <exception cref="DataFileException">The file is missing, damaged, or of another task.</exception>
    public SampleSet Test(string cluster)
    {
        if (!Clusters.Contains(cluster))
            throw new ArgumentException($"cluster '{cluster}' is not one of {string.Join(", ", Clusters)}");
        var path = Path.Combine(directory, "test", cluster + ".fqc");
        var (task, samples) = SampleFile.Read(path);
        SampleFile.RequireSame(path, task, Task);
        return samples;
    }

    private static string ReadModel(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            using var parsed = JsonDocument.Parse(text);
            return text;
        }
        catch (JsonException error)
        {
            throw new DataFileException(path, $"the model specification is not JSON: {error.Message}", error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "the model specification is missing", error);
        }
    }
}
