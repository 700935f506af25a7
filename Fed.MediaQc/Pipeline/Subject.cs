namespace Fed.MediaQc.Pipeline;

/// <summary>
/// Something that passes before a camera, near or far: an ellipse that shows another part of the photograph, in a light
/// of its own, and takes that with it. It may come nearer, be out of focus, and smear while the shutter is open.
/// </summary>
internal sealed class Subject
{
    /// <summary>Pixels in a picture, at most: through the view in two thirds of a second.</summary>
    private const double Fastest = 14;

    /// <summary>Moments at which an open shutter is looked through.</summary>
    private const int Moments = 4;

    private readonly GrayImage _image;
    private readonly int _width;
    private readonly int _height;
    private readonly double _moment, _x, _y, _speedX, _speedY, _growth, _radiusX, _radiusY;
    private readonly double _edge, _shutter, _gain, _level, _imageX, _imageY;

    /// <param name="slowest">Pixels in a picture.</param>
    /// <param name="random">Seeded.</param>
    public Subject(GrayImage image, int width, int height, int frames, double slowest, Random random)
    {
        (_image, _width, _height) = (image, width, height);
        double Between(double low, double high) => low + (high - low) * random.NextDouble();

        // At some moment its middle is in the view.
        _moment = frames * Between(0.1, 0.9);
        (_x, _y) = (width * Between(0.1, 0.9), height * Between(0.1, 0.9));
        var speed = slowest + (Fastest - slowest) * Math.Pow(random.NextDouble(), 2);
        var angle = Between(0, Math.Tau);
        (_speedX, _speedY) = (speed * Math.Cos(angle), 0.6 * speed * Math.Sin(angle));
        _growth = Between(-0.02, 0.02);
        _radiusY = height * Between(0.08, 0.45);
        _radiusX = _radiusY * Between(0.6, 1.8);
        _edge = Between(0.5, 6);
        _shutter = Between(0, 0.6);
        _gain = Between(0.5, 1.4);
        _level = Between(-50, 50);
        (_imageX, _imageY) = (image.Width * Between(0.2, 0.8), image.Height * Between(0.2, 0.8));
    }

    /// <summary>Puts it before a picture.</summary>
    /// <param name="time">In frames, fractions allowed.</param>
    public void Cover(byte[] picture, double time)
    {
        var (left, top, right, bottom) = Bounds(time);
        for (var row = top; row < bottom; row++)
        {
            for (var column = left; column < right; column++)
            {
                double seen = 0, hidden = 0;
                for (var i = 0; i < Moments; i++)
                {
                    var size = Size(time, i);
                    double dx = (column - X(time, i)) / size, dy = (row - Y(time, i)) / size;
                    var cover = Covered(dx, dy);
                    if (cover == 0)
                        continue;
                    hidden += cover / Moments;
                    var value = 128 + _level + _gain * (_image.Sample(_imageX + dx, _imageY + dy) - 128);
                    seen += cover / Moments * Math.Clamp(value, 0, 255);
                }

                ref var pixel = ref picture[row * _width + column];
                pixel = (byte)Math.Clamp(Math.Round(seen + (1 - hidden) * pixel), 0, 255);
            }
        }
    }

    // Of what is covered at any of the shutter's moments, cut to the picture.
    private (int Left, int Top, int Right, int Bottom) Bounds(double time)
    {
        double left = _width, top = _height, right = 0, bottom = 0;
        foreach (var i in (ReadOnlySpan<int>)[0, Moments - 1])
        {
            var (reachX, reachY) = (Size(time, i) * (_radiusX + _edge), Size(time, i) * (_radiusY + _edge));
            (left, right) = (Math.Min(left, X(time, i) - reachX), Math.Max(right, X(time, i) + reachX));
            (top, bottom) = (Math.Min(top, Y(time, i) - reachY), Math.Max(bottom, Y(time, i) + reachY));
        }

        return (Math.Max(0, (int)left), Math.Max(0, (int)top),
            Math.Min(_width, (int)right + 2), Math.Min(_height, (int)bottom + 2));
    }

    private double After(double time, int moment) => time + _shutter * moment / Moments - _moment;

    private double X(double time, int moment) => _x + _speedX * After(time, moment);

    private double Y(double time, int moment) => _y + _speedY * After(time, moment);

    private double Size(double time, int moment) => Math.Exp(_growth * After(time, moment));

    // 1 within, 0 outside, a slope between, _edge pixels to either side.
    private double Covered(double dx, double dy)
    {
        var along = Math.Sqrt(dx * dx / (_radiusX * _radiusX) + dy * dy / (_radiusY * _radiusY));
        return Math.Clamp(0.5 + (1 - along) * Math.Min(_radiusX, _radiusY) / (2 * _edge), 0, 1);
    }
}
