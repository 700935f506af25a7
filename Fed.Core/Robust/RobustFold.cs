using Fed.Core.Aggregation;
using Fed.Core.Blocks;

namespace Fed.Core.Robust;

/// <summary>
/// Combines K updates, or K partial aggregates, by a robust rule, block by block, into the sums of a partial aggregate
/// of their whole weight W: S / W is the rule's result on the grid, clamped to the grid's bound. Rules that judge whole
/// updates read the files twice: first to measure them (when the fold is opened), then to combine them. The result does
/// not depend on the order of the updates, on threads, or on the order of the blocks. One instance serves one thread.
/// </summary>
public sealed class RobustFold : IBlockFold
{
    private readonly BlockFileHeader _shape;
    private readonly IReadOnlyList<BlockFileReader> _files;
    private readonly Grid _grid;
    private readonly RobustPlan _plan;
    private readonly long _largest;
    private readonly BlockFold? _fold;
    private readonly GridRows? _rows;
    private readonly ColumnKernel? _columns;

    private RobustFold(IReadOnlyList<BlockFileReader> files, Grid grid, RobustPlan plan, long weight, long largest)
    {
        _shape = files[0].Header;
        _files = files;
        _grid = grid;
        _plan = plan;
        Weight = weight;
        _largest = largest;
        switch (plan)
        {
            case RobustPlan.Columns(var members, var reduction):
                _rows = new GridRows([.. members.Select(member => files[member])], grid);
                _columns = new ColumnKernel([.. Enumerable.Range(0, members.Length)], reduction);
                break;
            case RobustPlan.Weighted(var factors, _) when factors.Any(factor => factor > 0):
                if (_shape.Kind == BlockFileKind.Sums)
                    _rows = new GridRows(files, grid);
                else
                    _fold = PlainFold(factors);
                break;
        }
    }

    public long Dimension => _shape.Dimension;

    public int BlockLength => _shape.BlockLength;

    public string LayoutHash => _shape.LayoutHash;

    public int BlockCount => _shape.BlockCount;

    /// <summary>W: the whole weight of the updates, also of those that the rule left out.</summary>
    public long Weight { get; }

    /// <summary>Measures the updates as the rule needs it, and decides what counts.</summary>
    /// <param name="inputs">In any order, all of one dimension and layout.</param>
    /// <param name="reference">The server's own update, for rules that need one; else null.</param>
    /// <param name="threads">Threads of the first pass, at least 1.</param>
    /// <exception cref="ArgumentException">Too few updates for the rule, zero weight, mixed layouts, no
    /// reference.</exception>
    /// <exception cref="InvalidDataException">A stored block no longer matches its checksum.</exception>
    public static RobustFold Open(
        IReadOnlyList<RobustInput> inputs,
        Grid grid,
        IRobustRule rule,
        BlockFileReader? reference = null,
        int threads = 1,
        CancellationToken cancellationToken = default)
    {
        grid.Validate();
        rule.RequireEnough(inputs.Count);
        var ordered = InputOrder.Canonical(inputs);
        var weight = checked(ordered.Sum(input => input.Weight));
        var most = (Int128)Math.Ceiling(grid.Bound * (double)grid.Scale) * weight;
        if (most > long.MaxValue)
        {
            throw new ArgumentException(
                $"sums could reach {most}, beyond 2^63: lower the weight ({weight}), fractionalBits or bound");
        }

        List<BlockFileReader> files = [.. ordered.Select(input => input.File)];
        var plan = rule.Plan(ordered, Measure(files, grid, rule, reference, threads, cancellationToken));
        return new RobustFold(files, grid, plan, weight, (long)most);
    }

    public int LengthOf(int block) => _shape.LengthOf(block);

    /// <exception cref="InvalidDataException">A stored block no longer matches its checksum.</exception>
    public void Sum(int block, Span<long> sums)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sums.Length, LengthOf(block));
        _rows?.Load(block);
        switch (_plan)
        {
            case RobustPlan.Columns(_, var reduction):
                _columns!.Run(_rows!, sums);
                Rescaling.Apply(sums, Weight, reduction.Denominator, _largest);
                break;
            case RobustPlan.Weighted(var factors, var divisor) when _rows is not null:
                WeightedRows.Sum(_rows, factors, sums);
                Rescaling.Apply(sums, Weight, divisor, _largest);
                break;
            case RobustPlan.Weighted(_, var divisor) when _fold is not null:
                _fold.Sum(block, sums);
                Rescaling.Apply(sums, Weight, divisor, _largest);
                break;
            default:
                sums.Clear(); // no update is trusted: the model stays as it is
                break;
        }
    }

    public IBlockFold Twin() => new RobustFold(_files, _grid, _plan, Weight, _largest);

    private BlockFold PlainFold(long[] factors) => new(
        [.. _files.Zip(factors, (file, factor) => new FoldInput(file, factor)).Where(input => input.Factor > 0)],
        _grid);

    /// <summary>A reference stands after the updates.</summary>
    private static Geometry? Measure(
        List<BlockFileReader> files,
        Grid grid,
        IRobustRule rule,
        BlockFileReader? reference,
        int threads,
        CancellationToken cancellationToken)
    {
        if (rule.Needs == GeometryNeeds.None)
            return null;
        if (!rule.Needs.HasFlag(GeometryNeeds.Reference))
            return GeometryPass.Measure(files, grid, rule.Needs, threads, cancellationToken);
        if (reference is null)
        {
            throw new ArgumentException(
                $"{rule.Name}: the reference is missing; it must be an update that the server trained on "
                + "data it trusts");
        }

        InputOrder.RequireLike(files[0].Header, reference.Header);
        return GeometryPass.Measure([.. files, reference], grid, rule.Needs, threads, cancellationToken);
    }
}
