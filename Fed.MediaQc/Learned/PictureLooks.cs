using System.Numerics.Tensors;
using Fed.MediaQc.Features;

namespace Fed.MediaQc.Learned;

/// <summary>
/// What a model of picture faults says of places all over the picture, twice a second: patches of three successive
/// pictures on the coding grid, as it was trained on.
/// </summary>
internal sealed class PictureLooks
{
    /// <summary>Successive pictures that a look needs.</summary>
    public const int Pictures = 3;

    /// <summary>Looks a second.</summary>
    public const double Rate = 2;

    private const int Side = 32;
    private const int Grid = 8;
    private const int Columns = 8;
    private const int Rows = 6;

    /// <summary>A patch with fewer levels is black or plain, of which nothing can be said.</summary>
    private const int LeastRange = 8;

    private readonly LearnedModel _model;
    private readonly IFeatures _features;
    private readonly int _width;
    private readonly int _height;
    private readonly (int Columns, int Rows) _cells;
    private readonly byte[] _patches;
    private readonly float[] _inputs;
    private readonly float[] _probabilities;

    /// <param name="width">Pixels; see <see cref="CanLook"/>.</param>
    /// <exception cref="ArgumentException">The model is not of patches.</exception>
    public PictureLooks(LearnedModel model, int width, int height)
    {
        (_model, _width, _height) = (model, width, height);
        _features = FeatureExtraction.Get(model.Card.Features);
        _cells = (Math.Clamp(width / Side, 1, Columns), Math.Clamp(height / Side, 1, Rows));
        var most = _cells.Columns * _cells.Rows;
        _patches = new byte[most * Pictures * Side * Side];
        _inputs = new float[most * model.InputLength];
        _probabilities = new float[most * model.Card.Classes.Count];
    }

    /// <summary>Stored shape of what the model looks at.</summary>
    public static IReadOnlyList<int> Shape { get; } = [Pictures, Side, Side];

    public static bool CanLook(int width, int height) => width >= Side && height >= Side;

    /// <summary>One for each look that was complete, in order.</summary>
    public List<Look> All { get; } = [];

    /// <param name="luma">8-bit luma planes of all looks, <see cref="Pictures"/> each.</param>
    public async Task ReadAsync(Stream luma, CancellationToken cancel)
    {
        var picture = new byte[_width * _height];
        for (var look = 0; ; look++)
        {
            var places = Places(look);
            for (var t = 0; t < Pictures; t++)
            {
                if (await luma.ReadAtLeastAsync(picture, picture.Length, throwOnEndOfStream: false, cancel)
                    < picture.Length)
                {
                    return;
                }

                Cut(picture, places, t);
            }

            All.Add(Judge(places.Length));
        }
    }

    /// <summary>Left upper corners, on the coding grid: one in each cell of the picture, another one at each look.
    /// </summary>
    private (int X, int Y)[] Places(int look)
    {
        var random = new Random(look);
        var places = new (int, int)[_cells.Columns * _cells.Rows];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = (
                Place(i % _cells.Columns, _cells.Columns, _width, random),
                Place(i / _cells.Columns, _cells.Rows, _height, random));
        }

        return places;
    }

    private static int Place(int cell, int cells, int length, Random random)
    {
        var first = length * cell / cells;
        var last = Math.Max(first, length * (cell + 1) / cells - Side);
        return Math.Min(random.Next(first, last + 1), length - Side) / Grid * Grid;
    }

    private void Cut(ReadOnlySpan<byte> picture, (int X, int Y)[] places, int t)
    {
        for (var i = 0; i < places.Length; i++)
        {
            var patch = _patches.AsSpan((i * Pictures + t) * Side * Side, Side * Side);
            for (var row = 0; row < Side; row++)
            {
                picture.Slice((places[i].Y + row) * _width + places[i].X, Side).CopyTo(patch[(row * Side)..]);
            }
        }
    }

    private Look Judge(int places)
    {
        var (examined, length, classes) = (0, Pictures * Side * Side, _model.Card.Classes.Count);
        for (var i = 0; i < places; i++)
        {
            var patch = _patches.AsSpan(i * length, length);
            if (Range(patch) < LeastRange)
                continue;
            _features.Extract(patch, Shape, _inputs.AsSpan(examined++ * _model.InputLength, _model.InputLength));
        }

        if (examined > 0)
            _model.Predict(_inputs, examined, _probabilities);
        return Look.Of(_probabilities.AsSpan(0, examined * classes), classes, places);
    }

    private static int Range(ReadOnlySpan<byte> patch) =>
        TensorPrimitives.Max(patch) - TensorPrimitives.Min(patch);
}
