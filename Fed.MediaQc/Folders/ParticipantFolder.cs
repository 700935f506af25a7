using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.Training;

namespace Fed.MediaQc.Folders;

/// <summary>What a model must agree with: the task's name, input shape and classes.</summary>
/// <param name="Name">Name of the task.</param>
/// <param name="Shape">Shape of a model input: channels, height, width.</param>
/// <param name="Classes">Class names; a label is an index.</param>
/// <param name="Features">Key of the feature extraction that made the inputs.</param>
public sealed record DataTask(
    string Name, IReadOnlyList<int> Shape, IReadOnlyList<string> Classes, string Features);

/// <summary>
/// One participant's own data: <c>train.fqc</c> and <c>validation.fqc</c>. It stands alone, on its own machine.
/// </summary>
public sealed class ParticipantFolder
{
    private ParticipantFolder(DataTask task, SampleSet train, SampleSet validation)
    {
        Task = task;
        Train = train;
        Validation = validation;
    }

    public DataTask Task { get; }

    public SampleSet Train { get; }

    public SampleSet Validation { get; }

    /// <exception cref="DataFileException">The folder or a file is missing, damaged, or the two
    /// files disagree.</exception>
    public static ParticipantFolder Open(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new DataFileException(
                directory, "the participant's folder is missing; --data must name a folder with train.fqc");
        }

        var (task, train) = SampleFile.Read(Path.Combine(directory, "train.fqc"));
        var validationPath = Path.Combine(directory, "validation.fqc");
        var (other, validation) = SampleFile.Read(validationPath);
        SampleFile.RequireSame(validationPath, other, task);
        return train.Count > 0
            ? new ParticipantFolder(task, train, validation)
            : throw new DataFileException(directory, "train.fqc holds no sample");
    }
}

/// <summary>Reads a .fqc file as model inputs.</summary>
public static class SampleFile
{
    /// <exception cref="DataFileException">The file is missing, damaged, or needs features that are
    /// not known.</exception>
    public static (DataTask Task, SampleSet Samples) Read(string path)
    {
        var set = FqcFile.Read(path);
        try
        {
            var samples = FeatureExtraction.ToSamples(set);
            return (new DataTask(set.Task, samples.Shape, set.Classes, set.Features), samples);
        }
        catch (ArgumentException error)
        {
            throw new DataFileException(path, error.Message, error);
        }
    }

    /// <exception cref="DataFileException">The file is of another task than expected.</exception>
    internal static void RequireSame(string path, DataTask found, DataTask expected)
    {
        if (found.Name != expected.Name || !found.Shape.SequenceEqual(expected.Shape)
            || !found.Classes.SequenceEqual(expected.Classes) || found.Features != expected.Features)
        {
            throw new DataFileException(path, $"{Text(found)}, but {Text(expected)} is expected");
        }
    }

    private static string Text(DataTask task) =>
        $"task {task.Name} with inputs [{string.Join(',', task.Shape)}] by {task.Features} and "
        + $"classes {string.Join(", ", task.Classes)}";
}
