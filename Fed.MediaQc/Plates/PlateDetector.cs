using Fed.MediaQc.Anonymise;
using Fed.MediaQc.Files;
using Fed.MediaQc.Learned;

namespace Fed.MediaQc.Plates;

/// <summary>
/// Finds licence plates in whole pictures: windows with many upright edges, of which a federation's model says, with
/// those around, which are plates. Plates from about 12 pixels in height, on a picture made at most 1280 wide; wholly
/// in the picture.
/// </summary>
public sealed class PlateDetector : IRegionDetector
{
    /// <summary>A window is a plate from here up; chosen on pictures of the houses' own material (docs/plates.md).
    /// </summary>
    public const double UsualThreshold = 0.85;

    /// <summary>A proposal that the model takes for a plate with less is given up at once.</summary>
    private const float Plausible = 0.5f;

    private const int Batch = 64;

    /// <summary>Of a window: a little more than the plate should fill.</summary>
    private const double HitWidth = 56;

    /// <summary>Likewise.</summary>
    private const double HitHeight = 14;

    /// <summary>What is told is larger than the windows' mean, to either side, by its width and height: windows stand
    /// on a grid, and what is left of a plate at an edge can be read.</summary>
    private const double Margin = 1.0 / 14;

    /// <summary>Windows that share so much of the smaller one are of the same plate.</summary>
    private const double SamePlate = 0.4;

    /// <summary>Columns and rows to windows that see a plate as well as the proposal does; what looks like one by
    /// chance does not in most of them.</summary>
    private static readonly (int X, int Y)[] s_around =
        [(0, 0), (-2, -1), (2, -1), (-2, 1), (2, 1), (-4, 0), (4, 0), (0, -2), (0, 2)];

    private readonly LearnedModel _model;
    private readonly float _threshold;
    private readonly PicturePyramid _pyramid = new();
    private readonly PlateProposals _proposals = new();
    private readonly PlateFeatures _features = new();
    private readonly List<PlateProposal> _found = [];
    private readonly List<int> _plausible = [];
    private readonly List<Hit> _hits = [];
    private readonly byte[] _window = new byte[PlateWindow.Length];
    private readonly float[] _inputs = new float[Batch * PlateWindow.Length];
    private readonly float[] _probabilities = new float[Batch * 2];
    private static readonly Comparison<Hit> s_surestFirst = (a, b) =>
        b.Confidence != a.Confidence ? b.Confidence.CompareTo(a.Confidence) : a.Order.CompareTo(b.Order);

    private PlateDetector(LearnedModel model, double threshold) => (_model, _threshold) = (model, (float)threshold);

    public string Kind => "plate";

    public string Source => $"{_model.Card.Task} {_model.Sha256}";

    /// <param name="threshold">A window is a plate from here up, above 0 to 1.</param>
    /// <exception cref="DataFileException">The file is missing, no model, or not one of the plate task.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not above 0 to 1.</exception>
    public static PlateDetector Open(string path, double threshold = UsualThreshold) =>
        Of(LearnedModel.Open(path), path, threshold);

    /// <param name="model">Is disposed of with the detector.</param>
    /// <param name="name">What errors call it.</param>
    /// <inheritdoc cref="Open"/>
    public static PlateDetector Of(LearnedModel model, string name, double threshold = UsualThreshold)
    {
        try
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threshold);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, 1);
            if (model.Card.Features != PlateFeatures.Name || !model.InputShape.SequenceEqual(PlateFeatures.StoredShape)
                || !model.Card.Classes.SequenceEqual(PlateClasses.Names))
            {
                throw new DataFileException(
                    name,
                    $"it tells {string.Join(", ", model.Card.Classes)} by features {model.Card.Features}; plates are "
                    + $"found by a model of {string.Join(", ", PlateClasses.Names)} by {PlateFeatures.Name}");
            }

            return new PlateDetector(model, threshold);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">The picture is smaller than 16, larger than 8192, or not there.
    /// </exception>
    /// <inheritdoc/>
    public void Detect(ReadOnlySpan<byte> luma, int width, int height, IList<DetectedRegion> found)
    {
        foreach (var side in (ReadOnlySpan<int>)[width, height])
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(side, 16);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(side, 8192);
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(luma.Length, width * height);
        _pyramid.Load(luma, width, height);
        _found.Clear();
        _proposals.Find(_pyramid, _found);
        _plausible.Clear();
        for (var at = 0; at < _found.Count; at += Batch)
            Look(at, Math.Min(Batch, _found.Count - at));
        _hits.Clear();
        foreach (var order in _plausible)
            Confirm(order);
        _hits.Sort(s_surestFirst);
        Tell(width, height, found);
    }

    public void Dispose() => _model.Dispose();

    /// <param name="Order">Of equally certain ones the one that was found first counts.</param>
    private readonly record struct Hit(PlateBox Box, float Confidence, int Order);

    private void Look(int from, int count)
    {
        for (var i = 0; i < count; i++)
            Load(i, _found[from + i], 0, 0);
        _model.Predict(_inputs, count, _probabilities);
        for (var i = 0; i < count; i++)
        {
            if (_probabilities[2 * i + PlateClasses.PlateLabel] >= Math.Min(Plausible, _threshold))
                _plausible.Add(from + i);
        }
    }

    /// <summary>The mean of the windows around a proposal tells whether it is a plate.</summary>
    private void Confirm(int order)
    {
        var at = _found[order];
        for (var i = 0; i < s_around.Length; i++)
            Load(i, at, s_around[i].X, s_around[i].Y);
        _model.Predict(_inputs, s_around.Length, _probabilities);
        float sum = 0;
        for (var i = 0; i < s_around.Length; i++)
            sum += _probabilities[2 * i + PlateClasses.PlateLabel];
        var confidence = Math.Min(1, sum / s_around.Length);
        if (confidence >= _threshold)
            _hits.Add(new Hit(_pyramid.Levels[at.Level].Around(at.X, at.Y, HitWidth, HitHeight), confidence, order));
    }

    /// <summary>Makes a window beside a proposal, within its level, an input of the model.</summary>
    private void Load(int input, PlateProposal at, int across, int down)
    {
        var level = _pyramid.Levels[at.Level];
        level.Cut(
            Math.Clamp(at.X + across, 0, level.Width - PlateWindow.Width),
            Math.Clamp(at.Y + down, 0, level.Height - PlateWindow.Height),
            _window);
        PlateWindow.Normalise(_window, _window);
        _features.Extract(
            _window, PlateFeatures.StoredShape, _inputs.AsSpan(input * PlateWindow.Length, PlateWindow.Length));
    }

    /// <summary>Of windows of one plate the surest tells where it is, in the mean of all of them.</summary>
    private void Tell(int width, int height, IList<DetectedRegion> found)
    {
        for (var i = 0; i < _hits.Count; i++)
        {
            var first = _hits[i];
            if (first.Confidence <= 0)
                continue;
            double left = 0, top = 0, right = 0, bottom = 0, weight = 0;
            for (var k = i; k < _hits.Count; k++)
            {
                var other = _hits[k];
                if (other.Confidence <= 0
                    || first.Box.Shared(other.Box) < SamePlate * Math.Min(first.Box.Area, other.Box.Area))
                {
                    continue;
                }

                // Windows of quite another size see the same plate badly: they only count as told.
                if (first.Box.Overlap(other.Box) >= SamePlate)
                {
                    left += other.Confidence * other.Box.Left;
                    top += other.Confidence * other.Box.Top;
                    right += other.Confidence * other.Box.Right;
                    bottom += other.Confidence * other.Box.Bottom;
                    weight += other.Confidence;
                }

                _hits[k] = other with { Confidence = 0 };
            }

            double wide = Margin * (right - left) / weight, high = Margin * (bottom - top) / weight;
            int x = Math.Clamp((int)Math.Floor(left / weight - wide), 0, width - 1);
            int y = Math.Clamp((int)Math.Floor(top / weight - high), 0, height - 1);
            found.Add(new DetectedRegion(
                x,
                y,
                Math.Clamp((int)Math.Ceiling(right / weight + wide) - x, 1, width - x),
                Math.Clamp((int)Math.Ceiling(bottom / weight + high) - y, 1, height - y),
                first.Confidence));
        }
    }
}
