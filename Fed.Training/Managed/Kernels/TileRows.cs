namespace Fed.Training.Managed.Kernels;

/// <summary>The four rows that a tile reads or writes; rows beyond the matrix point to a spare row.</summary>
internal readonly unsafe struct TileRows(float* row0, float* row1, float* row2, float* row3)
{
    public readonly float* Row0 = row0;
    public readonly float* Row1 = row1;
    public readonly float* Row2 = row2;
    public readonly float* Row3 = row3;

    /// <summary>
    /// Rows first..first+3 of a matrix of <paramref name="rows"/> rows, the missing ones on the spare row.
    /// </summary>
    public static TileRows Of(float* matrix, int stride, int first, int rows, float* spare) => new(
        matrix + (long)first * stride,
        first + 1 < rows ? matrix + ((first + 1L) * stride) : spare,
        first + 2 < rows ? matrix + ((first + 2L) * stride) : spare,
        first + 3 < rows ? matrix + ((first + 3L) * stride) : spare);
}
