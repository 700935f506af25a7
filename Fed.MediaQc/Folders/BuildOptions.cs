namespace Fed.MediaQc.Folders;

/// <summary>Options of one build of a data folder, whatever its task.</summary>
/// <param name="SourcesDirectory">Root below which the plan's paths lie.</param>
/// <param name="OutputDirectory">Where the data folder is written.</param>
/// <param name="Seed">Every random choice follows from it.</param>
/// <param name="Jobs">Clips or programmes made at the same time, at least 1; the result does not depend on it.</param>
/// <param name="MeasuresFile">CSV file for the measures of all candidates, or null.</param>
/// <param name="Replace">Take the place of a data folder of another plan, too.</param>
public sealed record BuildOptions(
    string SourcesDirectory,
    string OutputDirectory,
    int Seed,
    int Jobs,
    string? MeasuresFile = null,
    bool Replace = false);
