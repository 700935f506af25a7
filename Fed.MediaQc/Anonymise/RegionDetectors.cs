using Fed.MediaQc.Files;
using Fed.MediaQc.Learned;

namespace Fed.MediaQc.Anonymise;

/// <summary>Detectors out of model files, told apart by the task that the model says it is of.</summary>
public static class RegionDetectors
{
    /// <exception cref="DataFileException">The file is no model, or its task finds no regions.</exception>
    public static IRegionDetector Open(string path)
    {
        using var model = LearnedModel.Open(path);
        return model.Card.Task switch
        {
            _ => throw new DataFileException(
                path, $"it is a model of task {model.Card.Task}, which finds no regions that could be blurred"),
        };
    }
}
