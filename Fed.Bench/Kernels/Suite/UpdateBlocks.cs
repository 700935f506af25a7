using System.Globalization;
using Fed.Bench.Fold;
using Fed.Core.Robust;

namespace Fed.Bench.Kernels.Suite;

/// <summary>One block each of twenty float32 updates, as rules across updates take them.</summary>
internal static class UpdateBlocks
{
    /// <summary>n.</summary>
    public const int Count = 20;

    public static RobustInput[] Inputs()
    {
        var files = FoldInputs.Open(FoldInputs.Encode("float32", BlockInputs.Vectors(Count), Count));
        return
        [
            .. files.Select((input, i) => new RobustInput(
                input.File,
                i.ToString("x64", CultureInfo.InvariantCulture),
                BlockInputs.WeightOf(i),
                BlockInputs.WeightOf(i))),
        ];
    }

    /// <summary>The block of all updates as integers of the grid.</summary>
    public static GridRows Rows(RobustInput[] inputs)
    {
        var rows = new GridRows([.. inputs.Select(input => input.File)], BlockInputs.Grid);
        rows.Load(0);
        return rows;
    }
}
