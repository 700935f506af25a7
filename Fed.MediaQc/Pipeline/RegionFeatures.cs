using System.Numerics.Tensors;
using Fed.MediaQc.Features;

namespace Fed.MediaQc.Pipeline;

/// <summary>
/// A region to the maps of 8x8 bytes that are stored and that a scan makes. Cell maps keep the place, phase maps the
/// place within the coding grid, as no-reference blockiness measures do (Wang, Bovik, Evans 2000); three tables say what
/// the picture is like beside itself, displaced, and what it does from moment to moment. Differences d count as
/// log2(1 + |d|), so that one level still counts beside a strong edge. docs/data.md lists the maps. Nothing is learned
/// here. An instance has buffers of its own: one for each thread.
/// </summary>
public sealed class RegionFeatures
{
    /// <summary>Values a row, rows a map.</summary>
    public const int Side = 8;

    /// <summary>Bytes of a map.</summary>
    public const int Map = Side * Side;

    public const int Maps = 16;

    /// <summary>Bytes of all maps.</summary>
    public const int Length = Maps * Map;

    /// <summary>Cell maps: detail across and down, change from the picture before, bend (<see cref="RegionSeries.Bend"/>),
    /// share of pixels equal to their left and upper neighbours, combing, noise by Immerkaer's mask (1996).</summary>
    public const int Across = 0, Down = 1, Change = 2, Bend = 3, Flat = 4, Comb = 5, Noise = 6;

    /// <summary>Cell maps of the middle picture: its level, and its range.</summary>
    public const int Level = 7, Range = 8;

    /// <summary>Phase maps: steps across and down, and by how much they exceed those beside them.</summary>
    public const int StepsAcross = 9, StepsDown = 10, ExcessAcross = 11, ExcessDown = 12;

    /// <summary>Correlation of the middle picture's detail with itself, displaced across by 1 to 32 pixels (rows 0 to
    /// 3) and down (rows 4 to 7).</summary>
    public const int Displaced = 13;

    /// <summary>A row for each of <see cref="RegionSeries"/>: its values by size, eight of them.</summary>
    public const int Sorted = 14;

    /// <summary>A row for each series: how it correlates with itself 1 to 8 pictures later.</summary>
    public const int Later = 15;

    /// <summary>Value of nought in maps of signed values.</summary>
    public const int Zero = 128;

    /// <summary>Units for a doubling of a difference.</summary>
    public const float Octave = 24;

    private const int Plane = Region.Plane;
    private const int Width = Region.Side;
    private const int Lags = 32;
    private const int Stride = Width + Lags;

    // Pictures that the cell and phase maps are of, in an encoder's groups of any length.
    private static readonly int[] s_looks = [4, 12, 20];

    private static readonly float[] s_logs = [.. Enumerable.Range(0, 4081).Select(d => MathF.Log2(1 + d))];

    private readonly float[] _cells = new float[Maps * Map];
    private readonly float[] _steps = new float[2 * Plane];
    private readonly float[] _details = new float[2 * Width * Stride];
    private readonly float[] _series = new float[RegionSeries.Count * Region.Frames];

    /// <param name="region">See <see cref="Region.Cut"/>.</param>
    /// <param name="maps"><see cref="Length"/> bytes.</param>
    public void Extract(ReadOnlySpan<byte> region, Span<byte> maps)
    {
        _cells.AsSpan().Clear();
        foreach (var look in s_looks)
        {
            AddCells(region, look);
            AddSteps(region.Slice(look * Plane, Plane));
        }

        AddLevels(region.Slice(s_looks[1] * Plane, Plane));
        for (var map = 0; map < Displaced; map++)
        {
            var (zero, unit) = map switch
            {
                Flat => (0f, 255f),
                Level => (0f, 1f),
                Comb or ExcessAcross or ExcessDown => (Zero, 2 * Octave),
                _ => (0f, 1.3f * Octave),
            };
            for (var i = map * Map; i < (map + 1) * Map; i++)
                maps[i] = Byte(zero + unit * _cells[i]);
        }

        Displace(region.Slice(s_looks[1] * Plane, Plane), maps.Slice(Displaced * Map, Map));
        RegionSeries.Measure(region, _series);
        for (var row = 0; row < RegionSeries.Count; row++)
        {
            Describe(
                row,
                RegionSeries.Of(_series, row),
                maps.Slice(Sorted * Map + row * Side, Side),
                maps.Slice(Later * Map + row * Side, Side));
        }
    }

    private void AddCells(ReadOnlySpan<byte> region, int look)
    {
        var before = region.Slice((look - 1) * Plane, Plane);
        var now = region.Slice(look * Plane, Plane);
        var after = region.Slice((look + 1) * Plane, Plane);
        const float share = 1f / (3 * 64);
        Span<float> cells = _cells;
        for (var y = 0; y < Width; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                int at = y * Width + x, cell = (y >> 3) * Side + (x >> 3), twice = 2 * now[at];
                int left = x > 0 ? 1 : 0, right = x < Width - 1 ? 1 : 0;
                int up = y > 0 ? Width : 0, down = y < Width - 1 ? Width : 0;
                var across = twice - now[at - left] - now[at + right];
                var along = Log(twice - now[at - up] - now[at + down]);
                cells[Across * Map + cell] += Log(across) * share;
                cells[Down * Map + cell] += along * share;
                cells[Change * Map + cell] += Log(now[at] - before[at]) * share;
                cells[Bend * Map + cell] += Log(twice - before[at] - after[at]) * share;
                if (now[at] == now[at - left] && now[at] == now[at - up])
                    cells[Flat * Map + cell] += share;
                int two = y > 1 ? 2 * Width : up, below = y < Width - 2 ? 2 * Width : down;
                cells[Comb * Map + cell] += (along - Log(twice - now[at - two] - now[at + below])) * share;
                var mask = 2 * across - (2 * now[at - up] - now[at - up - left] - now[at - up + right])
                    - (2 * now[at + down] - now[at + down - left] - now[at + down + right]);
                cells[Noise * Map + cell] += Log(mask) * share;
            }
        }
    }

    private void AddSteps(ReadOnlySpan<byte> picture)
    {
        Span<float> across = _steps.AsSpan(0, Plane), down = _steps.AsSpan(Plane);
        for (var at = 0; at < Plane; at++)
        {
            across[at] = at % Width > 0 ? Log(picture[at] - picture[at - 1]) : 0;
            down[at] = at >= Width ? Log(picture[at] - picture[at - Width]) : 0;
        }

        const float share = 1f / (3 * 64);
        Span<float> maps = _cells;
        for (var at = 0; at < Plane; at++)
        {
            int x = at % Width, y = at / Width, phase = y % 8 * Side + x % 8;
            var besideX = across[at - (x > 0 ? 1 : 0)] + across[at + (x < Width - 1 ? 1 : 0)];
            var besideY = down[at - (y > 0 ? Width : 0)] + down[at + (y < Width - 1 ? Width : 0)];
            maps[StepsAcross * Map + phase] += across[at] * share;
            maps[StepsDown * Map + phase] += down[at] * share;
            maps[ExcessAcross * Map + phase] += (across[at] - besideX / 2) * share;
            maps[ExcessDown * Map + phase] += (down[at] - besideY / 2) * share;
        }
    }

    private void AddLevels(ReadOnlySpan<byte> picture)
    {
        for (var cell = 0; cell < Map; cell++)
        {
            var (sum, low, high) = (0, 255, 0);
            for (var row = 0; row < 8; row++)
            {
                foreach (var level in picture.Slice(((cell >> 3) * 8 + row) * Width + (cell & 7) * 8, 8))
                    (sum, low, high) = (sum + level, Math.Min(low, level), Math.Max(high, level));
            }

            _cells[Level * Map + cell] = sum / 64f;
            _cells[Range * Map + cell] = Log(high - low);
        }
    }

    // Rows with as many noughts behind them as the largest displacement: one product for each of them.
    private void Displace(ReadOnlySpan<byte> picture, Span<byte> map)
    {
        Span<float> across = _details.AsSpan(0, Width * Stride), down = _details.AsSpan(Width * Stride);
        for (var y = 1; y < Width - 1; y++)
        {
            for (var x = 1; x < Width - 1; x++)
            {
                var at = y * Width + x;
                across[y * Stride + x] = Signed(2 * picture[at] - picture[at - 1] - picture[at + 1]);
                down[x * Stride + y] = Signed(2 * picture[at] - picture[at - Width] - picture[at + Width]);
            }
        }

        Correlate(across, map[..Lags]);
        Correlate(down, map[Lags..]);
    }

    private static void Correlate(ReadOnlySpan<float> rows, Span<byte> lags)
    {
        // A twentieth of a level's detail: below it there is nothing to compare.
        var energy = TensorPrimitives.SumOfSquares(rows) + 0.05f * Plane;
        for (var lag = 1; lag <= Lags; lag++)
        {
            // Fewer pixels lie upon others at a large displacement.
            var share = (float)(Width - 2) / (Width - 2 - Math.Min(lag, Width / 2));
            lags[lag - 1] = Byte(Zero + 127 * share * TensorPrimitives.Dot(rows[..^lag], rows[lag..]) / energy);
        }
    }

    private static void Describe(int row, ReadOnlySpan<float> series, Span<byte> sorted, Span<byte> later)
    {
        Span<float> values = stackalloc float[Region.Frames];
        series.CopyTo(values);
        var isLevel = row is RegionSeries.Level or RegionSeries.Tilt;
        if (isLevel)
        {
            // Content brightens and darkens steadily: from picture to picture.
            for (var t = values.Length - 1; t > 0; t--)
                values[t] -= values[t - 1];
            values = values[1..];
        }

        // A tenth of a level, or a thirtieth of an octave, is nothing.
        AutoCorrelate(values, isLevel ? 0.01f : 0.001f, later);
        if (isLevel)
        {
            for (var t = 0; t + 1 < values.Length; t++)
                values[t] = MathF.Log2(1 + 16 * MathF.Abs(values[t + 1] - values[t]));
            values = values[..^1];
        }

        values.Sort();
        var (zero, middle, unit) = row switch
        {
            RegionSeries.Across or RegionSeries.Down => (Zero, values[values.Length / 2], 3 * Octave),
            RegionSeries.Comb => (Zero, 0f, 2 * Octave),
            _ => (0f, 0f, Octave),
        };
        for (var i = 0; i < Side; i++)
            sorted[i] = Byte(zero + unit * (values[i * (values.Length - 1) / (Side - 1)] - middle));
    }

    private static void AutoCorrelate(Span<float> values, float least, Span<byte> lags)
    {
        var mean = TensorPrimitives.Average<float>(values);
        TensorPrimitives.Subtract(values, mean, values);
        var energy = TensorPrimitives.SumOfSquares<float>(values) + least * values.Length;
        for (var lag = 1; lag <= Side; lag++)
            lags[lag - 1] = Byte(Zero + 127 * TensorPrimitives.Dot<float>(values[..^lag], values[lag..]) / energy);
        TensorPrimitives.Add(values, mean, values);
    }

    private static float Log(int difference) => s_logs[Math.Abs(difference)];

    private static float Signed(int difference) => difference < 0 ? -Log(difference) : Log(difference);

    private static byte Byte(float value) => (byte)Math.Clamp(MathF.Round(value), 0, 255);
}
