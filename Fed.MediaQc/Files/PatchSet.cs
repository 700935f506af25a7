namespace Fed.MediaQc.Files;

/// <summary>Labelled 8-bit patches as they are stored: what a .fqc file holds.</summary>
/// <param name="Task">Name of the task, for example <c>media-qc</c>.</param>
/// <param name="Features">Key of the feature extraction that makes model inputs of the patches.</param>
/// <param name="Shape">Stored shape of one patch: frames, height, width.</param>
/// <param name="Classes">Class names; a label is an index into them.</param>
/// <param name="Sources">Identifiers of the source images that the patches come from.</param>
/// <param name="Labels">One label a patch.</param>
/// <param name="Severities">One severity a patch: 0 none, 1 slight, 2 clear, 3 severe.</param>
/// <param name="SourceIndices">One index into <paramref name="Sources"/> a patch.</param>
/// <param name="Pixels">Patch after patch, frame after frame, row-major.</param>
public sealed record PatchSet(
    string Task,
    string Features,
    IReadOnlyList<int> Shape,
    IReadOnlyList<string> Classes,
    IReadOnlyList<string> Sources,
    byte[] Labels,
    byte[] Severities,
    ushort[] SourceIndices,
    byte[] Pixels)
{
    public int Count => Labels.Length;

    /// <summary>Bytes of one patch.</summary>
    public int PatchLength => Shape.Aggregate(1, (product, side) => checked(product * side));

    public ReadOnlySpan<byte> Patch(int index) => Pixels.AsSpan(index * PatchLength, PatchLength);

    /// <summary>Number of patches of each class.</summary>
    public int[] CountByClass()
    {
        var counts = new int[Classes.Count];
        foreach (var label in Labels)
            counts[label]++;
        return counts;
    }
}
