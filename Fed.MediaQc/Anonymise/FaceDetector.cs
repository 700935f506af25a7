using System.Reflection;
using System.Security.Cryptography;

namespace Fed.MediaQc.Anonymise;

/// <summary>
/// Finds faces by three networks, each of which looks closer at what the one before it proposes: MTCNN (Zhang et al.,
/// "Joint Face Detection and Alignment Using Multitask Cascaded Convolutional Networks", 2016). Upright faces, and those
/// that look to the camera, are what it was trained on; <c>docs/anonymise.md</c> says what was measured.
/// </summary>
public sealed class FaceDetector : IRegionDetector
{
    /// <summary>What the first network looks at, pixels; it moves by <see cref="Stride"/>.</summary>
    private const int Cell = 12;

    private const int Stride = 2;

    /// <summary>Each picture of the pyramid has about half the pixels of the one before.</summary>
    private const double Shrink = 0.709;

    private const float LeastProposed = 0.6f;
    private const float LeastRefined = 0.7f;

    /// <summary>As many proposals are looked at closer: hundreds at once are texture, not a crowd.</summary>
    private const int MostProposals = 400;

    private const int RefineSide = 24;
    private const int DecideSide = 48;

    private readonly FaceNetwork _propose;
    private readonly FaceNetwork _refine;
    private readonly FaceNetwork _decide;
    private readonly double _smallest;
    private readonly float _least;
    private readonly List<GreyPicture> _pyramid = [];
    private float[] _cuts = [];

    /// <param name="smallest">Side of the smallest face that is looked for, as a share of the picture's shorter side,
    /// above 0 up to 1; never less than 12 pixels.</param>
    /// <param name="least">Confidence that a detection has at least, 0 to 1.</param>
    public FaceDetector(double smallest, float least)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(smallest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(smallest, 1);
        (_smallest, _least) = (smallest, least);
        byte[][] models = [Model("pnet"), Model("rnet"), Model("onet")];
        (_propose, _refine, _decide) = (new(models[0]), new(models[1]), new(models[2]));
        Source = $"MTCNN, SHA-256 {Convert.ToHexStringLower(SHA256.HashData([.. models.SelectMany(each => each)]))}";
    }

    public string Kind => "face";

    public string Source { get; }

    public void Detect(ReadOnlySpan<byte> luma, int width, int height, IList<DetectedRegion> found)
    {
        var levels = Shrunk(luma, width, height);
        var boxes = Propose(levels);
        boxes = Look(boxes, _refine, RefineSide, LeastRefined, levels);
        boxes = Merge(boxes, 0.7f, ofSmaller: false);
        boxes = Look(boxes, _decide, DecideSide, _least, levels);
        foreach (var box in Merge(boxes, 0.7f, ofSmaller: true))
        {
            var (left, top) = (Math.Clamp((int)box.Left, 0, width - 1), Math.Clamp((int)box.Top, 0, height - 1));
            var (right, bottom) = (Math.Clamp((int)box.Right, 0, width), Math.Clamp((int)box.Bottom, 0, height));
            if (right > left && bottom > top)
                found.Add(new(left, top, right - left, bottom - top, Math.Min(1, box.Score)));
        }
    }

    public void Dispose()
    {
        _propose.Dispose();
        _refine.Dispose();
        _decide.Dispose();
    }

    private static byte[] Model(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"face.{name}.onnx")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The picture itself, then what the first network looks at.</summary>
    private Span<GreyPicture> Shrunk(ReadOnlySpan<byte> luma, int width, int height)
    {
        var count = 0;
        Next().SetTo(luma, width, height);
        for (var scale = Cell / Math.Max(Cell, _smallest * Math.Min(width, height)); ; scale *= Shrink)
        {
            var (w, h) = ((int)(width * scale), (int)(height * scale));
            if (Math.Min(w, h) < Cell)
                return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pyramid)[..count];
            Next().SetTo(_pyramid[count - 2], w, h);
        }

        GreyPicture Next()
        {
            if (_pyramid.Count == count)
                _pyramid.Add(new());
            return _pyramid[count++];
        }
    }

    private List<Box> Propose(ReadOnlySpan<GreyPicture> levels)
    {
        var all = new List<Box>();
        foreach (var level in levels[1..])
        {
            var (rows, columns) = (((level.Height - 1) / 2) - 4, ((level.Width - 1) / 2) - 4);
            _propose.Run(level.Values, [1, 1, level.Height, level.Width], rows, columns);
            var places = rows * columns;
            var scores = _propose.Scores.Slice(places, places);
            var shifts = _propose.Boxes;
            var (scaleX, scaleY) = ((float)levels[0].Width / level.Width, (float)levels[0].Height / level.Height);
            var here = new List<Box>();
            for (var i = 0; i < places; i++)
            {
                if (scores[i] < LeastProposed)
                    continue;
                var (x, y) = (i % columns * Stride, i / columns * Stride);
                here.Add(new Box(x * scaleX, y * scaleY, (x + Cell) * scaleX, (y + Cell) * scaleY, scores[i])
                {
                    Shift = (shifts[i], shifts[places + i], shifts[(2 * places) + i], shifts[(3 * places) + i]),
                });
            }

            all.AddRange(Merge(here, 0.5f, ofSmaller: false));
        }

        return [.. Merge(all, 0.7f, ofSmaller: false).Take(MostProposals).Select(box => box.Shifted())];
    }

    /// <summary>Shows a network the squares around the boxes, and keeps those that it takes for faces, corrected.</summary>
    private List<Box> Look(
        List<Box> boxes, FaceNetwork network, int side, float least, ReadOnlySpan<GreyPicture> levels)
    {
        var kept = new List<Box>();
        if (boxes.Count == 0)
            return kept;
        var pixels = side * side;
        if (_cuts.Length < boxes.Count * pixels)
            _cuts = new float[boxes.Count * pixels];
        for (var i = 0; i < boxes.Count; i++)
        {
            boxes[i] = boxes[i].Squared();
            Cut(boxes[i], levels, side, _cuts.AsSpan(i * pixels, pixels));
        }

        network.Run(_cuts.AsMemory(0, boxes.Count * pixels), [boxes.Count, 1, side, side], 1, 1);
        for (var i = 0; i < boxes.Count; i++)
        {
            var score = network.Scores[(2 * i) + 1];
            // Damaged weights give NaN, which is no face by either comparison.
            if (!(score >= least))
                continue;
            var shift = network.Boxes.Slice(4 * i, 4);
            kept.Add((boxes[i] with { Score = score, Shift = (shift[0], shift[1], shift[2], shift[3]) }).Shifted());
        }

        return kept;
    }

    /// <summary>From the smallest picture that shows it in detail enough: larger ones would flicker.</summary>
    private static void Cut(Box box, ReadOnlySpan<GreyPicture> levels, int side, Span<float> to)
    {
        var level = levels[0];
        var size = box.Right - box.Left;
        foreach (var next in levels[1..])
        {
            if (size * next.Width / levels[0].Width >= side)
                level = next;
        }

        var scale = (double)level.Width / levels[0].Width;
        level.Cut(box.Left * scale, box.Top * scale, size * scale, side, to);
    }

    /// <summary>Of boxes that overlap, the most certain.</summary>
    /// <param name="most">Share that two may have in common.</param>
    /// <param name="ofSmaller">Of the smaller one's area, not of both together.</param>
    private static List<Box> Merge(List<Box> boxes, float most, bool ofSmaller)
    {
        var kept = new List<Box>();
        foreach (var box in boxes.OrderByDescending(box => box.Score))
        {
            if (!kept.Exists(other => box.Overlap(other, ofSmaller) > most))
                kept.Add(box);
        }

        return kept;
    }

    private readonly record struct Box(float Left, float Top, float Right, float Bottom, float Score)
    {
        /// <summary>Corrections, in shares of the sides.</summary>
        public (float Left, float Top, float Right, float Bottom) Shift { get; init; }

        private float Width => Right - Left;

        private float Height => Bottom - Top;

        public Box Shifted() => new(
            Left + (Shift.Left * Width),
            Top + (Shift.Top * Height),
            Right + (Shift.Right * Width),
            Bottom + (Shift.Bottom * Height),
            Score);

        public Box Squared()
        {
            var half = Math.Max(Width, Height) / 2;
            var (x, y) = ((Left + Right) / 2, (Top + Bottom) / 2);
            return this with { Left = x - half, Top = y - half, Right = x + half, Bottom = y + half };
        }

        public float Overlap(Box other, bool ofSmaller)
        {
            var width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
            var height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
            if (width <= 0 || height <= 0)
                return 0;
            var (both, own, others) = (width * height, Width * Height, other.Width * other.Height);
            return both / (ofSmaller ? Math.Min(own, others) : own + others - both);
        }
    }
}
