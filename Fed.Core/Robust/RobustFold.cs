using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;

namespace Fed.Core.Robust;

/// <summary>
/// Combines K updates, or K partial aggregates, by a robust rule, block by block, into the sums of a partial aggregate
/// of their whole divisor W: S / W is the rule's result on the grid, clamped to the grid's bound. Rules that judge
/// whole updates read the files twice: first to measure them (when the fold is opened), then to combine them. The
/// result does not depend on the order of the updates, on threads, or on the order of the blocks. One instance serves
/// one thread.
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

    private RobustFold(IReadOnlyList<BlockFileReader> files, Grid grid, RobustPlan plan, long divisor, long largest)
    {
        _shape = files[0].Header;
        _files = files;
        _grid = grid;
        _plan = plan;
        Divisor = divisor;
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

    /// <summary>W: of all the updates together, also of those that the rule left out.</summary>
    public long Divisor { get; }

    /// <summary>Measures the updates as the rule needs it, and decides what counts.</summary>
    /// <param name="inputs">In any order, all of one dimension and layout.</param>
    /// <param name="reference">The server's own update, for rules that need one; else null.</param>
    /// <param name="threads">Threads of the first pass, at least 1.</param>
    /// <exception cref="ArgumentException">Too few updates for the rule, zero weight, mixed layouts,
    /// no reference.</exception>
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
        var divisor = checked(ordered.Sum(input => input.Divisor));
        var most = (Int128)Math.Ceiling(grid.Bound * (double)grid.Scale) * divisor;
        if (most > long.MaxValue)
        {
            throw new ArgumentException(
                $"sums could reach {most}, beyond 2^63: lower the weight ({divisor}), fractionalBits or bound");
        }

        List<BlockFileReader> files = [.. ordered.Select(input => input.File)];
        var plan = rule.Plan(ordered, Measure(files, grid, rule, reference, threads, cancellationToken));
        return new RobustFold(files, grid, plan, divisor, (long)most);
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
                Rescaling.Apply(sums, reduction.Denominator, Divisor, _largest);
                break;
            case RobustPlan.Weighted(var factors, var divisor) when _rows is not null:
                WeightedRows.Sum(_rows, factors, sums);
                Rescaling.Apply(sums, divisor, Divisor, _largest);
                break;
            case RobustPlan.Weighted(_, var divisor) when _fold is not null:
                _fold.Sum(block, sums);
                Rescaling.Apply(sums, divisor, Divisor, _largest);
                break;
            default:
                sums.Clear(); // no update is trusted: the model stays as it is
                break;
        }
    }

    public IBlockFold Twin() => new RobustFold(_files, _grid, _plan, Divisor, _largest);

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

/// <summary>
/// Puts updates in one canonical order, that of their hashes, so that no result depends on who arrived first.
/// </summary>
internal static class InputOrder
{
    /// <exception cref="ArgumentException">No input, updates beside partial aggregates, or mixed layouts.</exception>
    public static RobustInput[] Canonical(IReadOnlyList<RobustInput> inputs)
    {
        if (inputs.Count == 0)
            throw new ArgumentException("updates is 0; a robust rule needs at least 1: wait for contributions");
        var first = inputs[0].File.Header;
        foreach (var input in inputs)
        {
            RequireLike(first, input.File.Header);
            ArgumentOutOfRangeException.ThrowIfNegative(input.Factor);
            ArgumentOutOfRangeException.ThrowIfNegative(input.Divisor);
        }

        if (!inputs.Any(input => input.Divisor > 0))
            throw new ArgumentException("the total weight is 0; at least one update must have a weight above 0");
        return [.. inputs
            .OrderBy(input => input.Hash, StringComparer.Ordinal)
            .ThenBy(input => input.Factor)
            .ThenBy(input => input.Divisor)];
    }

    /// <exception cref="ArgumentException">The two cannot stand in one aggregate.</exception>
    public static void RequireLike(BlockFileHeader first, BlockFileHeader other)
    {
        if (other.Kind != first.Kind)
        {
            throw new ArgumentException(
                "a robust rule compares updates with updates or partial aggregates with partial aggregates, not one "
                + "with the other");
        }

        if (other.Dimension != first.Dimension || other.BlockLength != first.BlockLength
            || other.LayoutHash != first.LayoutHash)
        {
            throw new ArgumentException(
                $"mixed layouts: {other.LayoutHash} ({other.Dimension} parameters) and {first.LayoutHash} "
                + $"({first.Dimension}); updates of one aggregate must share one layout");
        }
    }
}

/// <summary>Sum of factor_i row_i, exact: for partial aggregates, which a plain fold would count by their W.</summary>
internal static class WeightedRows
{
    /// <param name="factors">One a row, 0 to 2^31 - 1, at most 2^32 together.</param>
    /// <param name="sums">As long as a row.</param>
    public static void Sum(GridRows rows, ReadOnlySpan<long> factors, Span<long> sums)
    {
        sums.Clear();
        for (var k = 0; k < factors.Length; k++)
        {
            if (factors[k] == 0)
                continue;
            var row = rows.Row(k);
            var i = 0;
            if (Avx2.IsSupported)
            {
                var factor = Vector256.Create(factors[k]).AsInt32();
                for (; i <= row.Length - 8; i += 8)
                {
                    var (low, high) = Vector256.Widen(Vector256.Create(row.Slice(i, 8)));
                    var lower = sums.Slice(i, 4);
                    (Vector256.Create<long>(lower) + Avx2.Multiply(low.AsInt32(), factor)).CopyTo(lower);
                    var upper = sums.Slice(i + 4, 4);
                    (Vector256.Create<long>(upper) + Avx2.Multiply(high.AsInt32(), factor)).CopyTo(upper);
                }
            }

            for (; i < row.Length; i++)
                sums[i] += factors[k] * row[i];
        }
    }
}

/// <summary>
/// Turns an aggregate, a numerator and one divisor, into the sums S of a partial aggregate of divisor W, so that S / W
/// is the aggregate and every later tier and audit treats it as any other.
/// </summary>
internal static class Rescaling
{
    /// <summary>
    /// S = N W / d in place. In integers where W is a multiple of d; else in double and rounded once,
    /// half to even: element by element, hence the same on every machine, to one part in 2^52.
    /// </summary>
    /// <param name="values">N; S afterwards.</param>
    /// <param name="from">d, above 0.</param>
    /// <param name="to">W, at least 1.</param>
    /// <param name="largest">No |S| exceeds it.</param>
    public static void Apply(Span<long> values, double from, long to, long largest)
    {
        if (from <= to && to % from == 0)
        {
            var times = (long)(to / from);
            var most = largest / times;
            var i = 0;
            for (; i <= values.Length - Vector<long>.Count; i += Vector<long>.Count)
            {
                var some = values.Slice(i, Vector<long>.Count);
                var bounded = Vector.Min(Vector.Max(new Vector<long>(some), new Vector<long>(-most)), new(most));
                (bounded * times).CopyTo(some);
            }

            for (; i < values.Length; i++)
                values[i] = Math.Clamp(values[i], -most, most) * times;
            return;
        }

        var ratio = to / from;
        var limit = Math.BitDecrement((double)long.MaxValue);
        for (var i = 0; i < values.Length; i++)
        {
            var value = Math.Clamp(Math.Round(values[i] * ratio, MidpointRounding.ToEven), -limit, limit);
            values[i] = Math.Clamp((long)value, -largest, largest);
        }
    }
}
