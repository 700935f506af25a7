using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.Training;

namespace Fed.MediaQc.Folders;

/// <summary>Reads a .fqc file as model inputs.</summary>
public static class SampleFile
{
    /// <exception cref="DataFileException">The file is missing, damaged, or needs features that are not
    /// known.</exception>
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
