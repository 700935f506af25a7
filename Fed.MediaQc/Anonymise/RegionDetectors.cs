using Fed.MediaQc.Files;
using Fed.MediaQc.Learned;
using Fed.MediaQc.Plates;

namespace Fed.MediaQc.Anonymise;

/// <summary>Detectors out of model files, told apart by the features that the model sees.</summary>
public static class RegionDetectors
{
    /// <exception cref="DataFileException">The file is no model, or finds no regions.</exception>
    public static IRegionDetector Open(string path)
    {
        var model = LearnedModel.Open(path);
        if (model.Card.Features == PlateFeatures.Name)
            return PlateDetector.Of(model, path, AnonymiseOptions.LeastFollowed);
        using (model)
        {
            throw new DataFileException(
                path, $"it is a model of task {model.Card.Task}, which finds no regions that could be blurred");
        }
    }
}
