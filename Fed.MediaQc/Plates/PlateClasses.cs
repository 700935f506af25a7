namespace Fed.MediaQc.Plates;

/// <summary>Classes of the plate task, in the order of their labels.</summary>
public static class PlateClasses
{
    public const string Background = "background";
    public const string Plate = "plate";

    public static IReadOnlyList<string> Names { get; } = [Background, Plate];

    /// <summary>Label of a plate.</summary>
    public const byte PlateLabel = 1;
}
