namespace Fed.MediaQc.Plates;

/// <summary>A place where a plate could be.</summary>
/// <param name="Level">Of the pyramid.</param>
/// <param name="X">Of the window in the level.</param>
/// <param name="Y">Likewise.</param>
/// <param name="Score">How much more upright edges there are in it than above and below, levels.</param>
internal readonly record struct PlateProposal(int Level, int X, int Y, float Score);

/// <summary>
/// Finds windows with many upright edges, as characters have them, in each level of a pyramid: permissive, so that
/// the model decides. Sums over rectangles come from summed-area tables (Viola and Jones 2001).
/// </summary>
internal sealed class PlateProposals
{
    /// <summary>Windows of a level are tried at every so many columns.</summary>
    public const int StepX = 4;

    /// <summary>Likewise, rows.</summary>
    public const int StepY = 2;

    /// <summary>Most of one level, the best.</summary>
    public const int MostPerLevel = 160;

    /// <summary>Mean step from pixel to pixel along the rows that characters have at least, levels.</summary>
    private const float LeastEdges = 3;

    /// <summary>Steps count up to this, so that one hard edge does not stand for many.</summary>
    private const int LargestStep = 60;

    private int[] _areas = [];
    private float[] _scores = [];
    private readonly List<PlateProposal> _ofLevel = [];
    private static readonly Comparison<PlateProposal> s_bestFirst = (a, b) =>
        b.Score != a.Score ? b.Score.CompareTo(a.Score) : a.Y != b.Y ? a.Y.CompareTo(b.Y) : a.X.CompareTo(b.X);

    /// <param name="found">Gets the proposals, level by level, the best of a level first.</param>
    public void Find(PicturePyramid pyramid, List<PlateProposal> found)
    {
        for (var i = 0; i < pyramid.Levels.Count; i++)
        {
            var level = pyramid.Levels[i];
            Sum(level);
            int across = (level.Width - PlateWindow.Width) / StepX + 1, down = (level.Height - PlateWindow.Height) / StepY + 1;
            if (_scores.Length < across * down)
                _scores = new float[across * down];
            for (var row = 0; row < down; row++)
            {
                for (var column = 0; column < across; column++)
                    _scores[row * across + column] = Score(level.Width + 1, column * StepX, row * StepY);
            }

            _ofLevel.Clear();
            for (var row = 0; row < down; row++)
            {
                for (var column = 0; column < across; column++)
                {
                    var score = _scores[row * across + column];
                    if (score > 0 && IsPeak(row, column, across, down))
                        _ofLevel.Add(new PlateProposal(i, column * StepX, row * StepY, score));
                }
            }

            _ofLevel.Sort(s_bestFirst);
            for (var k = 0; k < Math.Min(MostPerLevel, _ofLevel.Count); k++)
                found.Add(_ofLevel[k]);
        }
    }

    private void Sum(PicturePyramid.Level level)
    {
        var stride = level.Width + 1;
        if (_areas.Length < stride * (level.Height + 1))
            _areas = new int[stride * (level.Height + 1)];
        _areas.AsSpan(0, stride).Clear();
        for (var y = 0; y < level.Height; y++)
        {
            var pixels = level.Pixels.AsSpan(y * level.Width, level.Width);
            var above = _areas.AsSpan(y * stride, stride);
            var own = _areas.AsSpan((y + 1) * stride, stride);
            own[0] = 0;
            var sum = 0;
            for (var x = 0; x + 1 < pixels.Length; x++)
            {
                sum += Math.Min(LargestStep, Math.Abs(pixels[x + 1] - pixels[x]));
                own[x + 1] = above[x + 1] + sum;
            }

            own[^1] = above[^1] + sum;
        }
    }

    /// <returns>0: no plate can be there.</returns>
    private float Score(int stride, int x, int y)
    {
        const int margin = (PlateWindow.Width - PlateWindow.InnerWidth) / 2;
        // The middle of the characters' rows, and what lies above and below the plate.
        var inside = Mean(stride, x + margin, y + 5, PlateWindow.InnerWidth, 6);
        if (inside < LeastEdges)
            return 0;
        var above = Mean(stride, x + margin, y, PlateWindow.InnerWidth, 2);
        var below = Mean(stride, x + margin, y + PlateWindow.Height - 2, PlateWindow.InnerWidth, 2);
        return inside - 0.5f * (above + below);
    }

    private float Mean(int stride, int left, int top, int width, int height)
    {
        int upper = top * stride + left, lower = (top + height) * stride + left;
        var sum = _areas[lower + width] - _areas[lower] - _areas[upper + width] + _areas[upper];
        return (float)sum / (width * height);
    }

    // Of equal neighbours the first is the peak.
    private bool IsPeak(int row, int column, int across, int down)
    {
        var score = _scores[row * across + column];
        for (var i = -1; i <= 1; i++)
        {
            for (var j = -1; j <= 1; j++)
            {
                int y = row + i, x = column + j;
                if ((i, j) == (0, 0) || y < 0 || x < 0 || y >= down || x >= across)
                    continue;
                var other = _scores[y * across + x];
                if (other > score || (other == score && (i < 0 || (i == 0 && j < 0))))
                    return false;
            }
        }

        return true;
    }
}
