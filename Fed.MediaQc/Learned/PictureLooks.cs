using System.Numerics.Tensors;
using Fed.MediaQc.Features;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Learned;

/// <summary>
/// What a model of picture faults says of regions all over the picture: of 25 pictures each, as it was trained on, and
/// again every twelve pictures.
/// </summary>
internal sealed class PictureLooks
{
    /// <summary>Pictures from one look to the next: about half a second of 25 a second.</summary>
    public const int Hop = 12;

    private const int Columns = 6;
    private const int Rows = 4;

    private readonly LearnedModel _model;
    private readonly IFeatures _features;
    private readonly RegionFeatures _regions = new();
    private readonly byte[] _pictures;
    private readonly byte[] _maps = new byte[RegionFeatures.Length];
    private readonly float[] _inputs;
    private readonly float[] _probabilities;

    /// <param name="width">Pixels; see <see cref="CanLook"/>.</param>
    /// <exception cref="ArgumentException">The model is not of regions.</exception>
    public PictureLooks(LearnedModel model, int width, int height)
    {
        _model = model;
        _features = FeatureExtraction.Get(model.Card.Features);
        var (columns, rows) = (Math.Clamp(width / Region.Side, 1, Columns), Math.Clamp(height / Region.Side, 1, Rows));
        Places =
        [
            .. Enumerable.Range(0, columns * rows)
                .Select(i => (Place(i % columns, columns, width), Place(i / columns, rows, height))),
        ];
        _pictures = new byte[Places.Count * Region.Length];
        _inputs = new float[Places.Count * model.InputLength];
        _probabilities = new float[Places.Count * model.Card.Classes.Count];
    }

    public static bool CanLook(int width, int height) => width >= Region.Side && height >= Region.Side;

    /// <summary>Left upper corners of the regions, on the coding grid: one in the middle of each cell of the picture.
    /// </summary>
    public IReadOnlyList<(int X, int Y)> Places { get; }

    /// <summary>One for each look that was complete, in order.</summary>
    public List<Look> All { get; } = [];

    /// <param name="luma">Of each picture the regions, one after the other.</param>
    public async Task ReadAsync(Stream luma, CancellationToken cancel)
    {
        var picture = new byte[Places.Count * Region.Plane];
        for (var filled = 0; ;)
        {
            if (await luma.ReadAtLeastAsync(picture, picture.Length, throwOnEndOfStream: false, cancel) < picture.Length)
                return;
            for (var place = 0; place < Places.Count; place++)
                picture.AsSpan(place * Region.Plane, Region.Plane).CopyTo(Pictures(place)[(filled * Region.Plane)..]);
            if (++filled < Region.Frames)
                continue;
            All.Add(Judge());
            for (var place = 0; place < Places.Count; place++)
                Pictures(place)[(Hop * Region.Plane)..].CopyTo(Pictures(place));
            filled -= Hop;
        }
    }

    private static int Place(int cell, int cells, int length) =>
        (length * (2 * cell + 1) / (2 * cells) - Region.Side / 2) / Region.Grid * Region.Grid;

    private Span<byte> Pictures(int place) => _pictures.AsSpan(place * Region.Length, Region.Length);

    private Look Judge()
    {
        var (examined, classes) = (0, _model.Card.Classes.Count);
        for (var place = 0; place < Places.Count; place++)
        {
            ReadOnlySpan<byte> region = Pictures(place);
            if (TensorPrimitives.Max(region) - TensorPrimitives.Min(region) < Region.LeastRange)
                continue;
            _regions.Extract(region, _maps);
            _features.Extract(
                _maps, QcFeatures.StoredShape, _inputs.AsSpan(examined++ * _model.InputLength, _model.InputLength));
        }

        if (examined > 0)
            _model.Predict(_inputs, examined, _probabilities);
        return Look.Of(_probabilities.AsSpan(0, examined * classes), classes, Places.Count);
    }
}
