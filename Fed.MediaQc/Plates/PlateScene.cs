using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Plates;

/// <summary>Something that was put into a picture.</summary>
/// <param name="Kind">Country of a plate, or kind of a <see cref="Decoy"/>.</param>
/// <param name="Box">Around its four corners.</param>
internal sealed record PlacedThing(string Kind, bool IsPlate, PlateBox Box);

/// <summary>A made picture before its codec.</summary>
/// <param name="Luma">Row-major.</param>
/// <param name="Things">All of them within the picture, none over another.</param>
internal sealed record PlateScene(byte[] Luma, IReadOnlyList<PlacedThing> Things);

/// <summary>Puts plates and decoys into photographs, as a site's camera would see them.</summary>
/// <param name="width">Of the pictures, pixels.</param>
/// <param name="height">Likewise.</param>
internal sealed class PlateSceneMaker(int width, int height)
{
    /// <summary>A plate stands as far away as so many times its width.</summary>
    private const double Distance = 6;

    /// <param name="countries">Plates to choose from.</param>
    /// <param name="decoys">Kinds to choose from.</param>
    /// <param name="part">Whose characters are on the plates.</param>
    public PlateScene Make(
        GrayImage photograph,
        IReadOnlyList<PlateCountry> countries,
        IReadOnlyList<string> decoys,
        IReadOnlyList<GlyphSheet> fonts,
        SiteCamera camera,
        PlatePart part,
        Random random)
    {
        var night = random.NextDouble() < camera.Night;
        var dimmed = night ? 0.12 + 0.35 * random.NextDouble() : 1;
        var luma = View(photograph, dimmed, random);
        var things = new List<PlacedThing>();
        var plates = 1 + random.Next(camera.Crowd);
        for (var i = 0; i < plates + 3; i++)
        {
            var tall = Between(camera.PlateHeight, random);
            var rows = (int)Math.Clamp(2 * tall, 24, 220);
            var font = fonts[random.Next(fonts.Count)];
            FlatThing thing;
            if (i < plates)
            {
                var country = countries[random.Next(countries.Count)];
                thing = PlateMaker.Make(country, Lettering.Draw(country, part, random), font, rows, dimmed, random);
            }
            else
            {
                thing = Decoy.Make(decoys[random.Next(decoys.Count)], font, rows, dimmed, random);
            }

            var facing = Facing.Draw(camera, tall, random);
            if (Place(thing, tall, facing, things, random) is not { } place)
                continue;
            Paste(luma, thing, place);
            things.Add(new PlacedThing(thing.Kind, thing.IsPlate, place.Box));
        }

        CameraWear.Blur(luma, width, height, Between(camera.Blur, random));
        if (random.NextDouble() < camera.Rain)
            CameraWear.Rain(luma, width, height, random);
        return new PlateScene(CameraWear.Expose(luma, Between(camera.Noise, random), random), things);
    }

    private static double Between(double[] range, Random random) =>
        range[0] + (range[1] - range[0]) * random.NextDouble();

    /// <summary>A part of the photograph, larger or smaller than it is.</summary>
    private float[] View(GrayImage photograph, double dimmed, Random random)
    {
        var most = Math.Min((double)photograph.Width / width, (double)photograph.Height / height);
        var scale = Math.Min(most, 0.7 + 0.7 * random.NextDouble());
        double left = (photograph.Width - scale * width) * random.NextDouble();
        double top = (photograph.Height - scale * height) * random.NextDouble();
        var luma = new float[width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                luma[y * width + x] = (float)(dimmed * photograph.Sample(left + scale * x, top + scale * y));
        }

        return luma;
    }

    /// <summary>How a thing is turned, and how far it moves during the exposure.</summary>
    /// <param name="AcrossX">Where its own x axis points: right, down, away; unit length.</param>
    /// <param name="DownX">Likewise, its y axis.</param>
    private readonly record struct Facing(
        double AcrossX, double AcrossY, double AcrossZ, double DownX, double DownY, double DownZ, double MoveX,
        double MoveY)
    {
        public static Facing Draw(SiteCamera camera, double tall, Random random)
        {
            var yaw = Radians(Between(camera.Yaw, random)) * (random.Next(2) == 0 ? 1 : -1);
            var pitch = Radians(Between(camera.Pitch, random));
            var roll = Radians(camera.Roll * (2 * random.NextDouble() - 1));
            double cosY = Math.Cos(yaw), sinY = Math.Sin(yaw), cosP = Math.Cos(pitch), sinP = Math.Sin(pitch);
            double cosR = Math.Cos(roll), sinR = Math.Sin(roll);
            // Rolled in its own plane, turned about the vertical, then seen from above.
            double ux = cosR * cosY, uy = sinR, uz = cosR * sinY;
            double vx = -sinR * cosY, vy = cosR, vz = -sinR * sinY;
            var way = Between(camera.Motion, random) * tall;
            var angle = Radians(random.Next(4) == 0 ? 90 : 12 * (2 * random.NextDouble() - 1));
            return new(
                ux, uy * cosP - uz * sinP, uy * sinP + uz * cosP, vx, vy * cosP - vz * sinP, vy * sinP + vz * cosP,
                way * Math.Cos(angle), way * Math.Sin(angle));
        }

        private static double Radians(double degrees) => degrees * Math.PI / 180;
    }

    /// <summary>Where a thing stands: from the canvas to the picture and back.</summary>
    /// <param name="X">Of the thing's middle in the picture.</param>
    /// <param name="Y">Likewise.</param>
    /// <param name="Focal">Picture pixels by canvas pixels, at a distance of one canvas pixel.</param>
    /// <param name="Away">Distance, canvas pixels.</param>
    private sealed record Placement(FlatThing Thing, Facing Facing, double X, double Y, double Focal, double Away)
    {
        public PlateBox Box { get; init; }

        public (double X, double Y) Project(double column, double row)
        {
            double a = column - Thing.Left - Thing.Width / 2, b = row - Thing.Top - Thing.Height / 2;
            var z = Away + a * Facing.AcrossZ + b * Facing.DownZ;
            return (
                X + Focal * (a * Facing.AcrossX + b * Facing.DownX) / z,
                Y + Focal * (a * Facing.AcrossY + b * Facing.DownY) / z);
        }

        /// <summary>Cramer's rule for the point of the plane that is seen there.</summary>
        public (double Column, double Row) Back(double x, double y)
        {
            double p = (x - X) / Focal, q = (y - Y) / Focal;
            double a = Facing.AcrossX - p * Facing.AcrossZ, b = Facing.DownX - p * Facing.DownZ;
            double c = Facing.AcrossY - q * Facing.AcrossZ, d = Facing.DownY - q * Facing.DownZ;
            var determinant = a * d - b * c;
            double column = Away * (p * d - b * q) / determinant, row = Away * (a * q - c * p) / determinant;
            return (column + Thing.Left + Thing.Width / 2, row + Thing.Top + Thing.Height / 2);
        }

        public PlateBox Around(double left, double top, double wide, double high)
        {
            var corners = new[]
            {
                Project(left, top), Project(left + wide, top), Project(left, top + high), Project(left + wide, top + high),
            };
            return new PlateBox(
                corners.Min(at => at.X), corners.Min(at => at.Y), corners.Max(at => at.X), corners.Max(at => at.Y));
        }
    }

    /// <returns>Null: there is no room.</returns>
    private Placement? Place(
        FlatThing thing, double tall, Facing facing, List<PlacedThing> others, Random random)
    {
        var away = Distance * thing.Width;
        var placement = new Placement(thing, facing, 0, 0, away * tall / thing.Height, away);
        var box = placement.Around(thing.Left, thing.Top, thing.Width, thing.Height);
        double margin = 0.4 * tall, roomX = width - (box.Width + 2 * margin), roomY = height - (box.Height + 2 * margin);
        for (var attempt = 0; attempt < 20 && roomX > 0 && roomY > 0; attempt++)
        {
            double x = margin - box.Left + roomX * random.NextDouble(), y = margin - box.Top + roomY * random.NextDouble();
            var own = box.Moved(x, y);
            if (others.All(other => !other.Box.Grown(1.2 * tall).Meets(own)))
                return placement with { X = x, Y = y, Box = own };
        }

        return null;
    }

    private void Paste(float[] luma, FlatThing thing, Placement place)
    {
        var canvas = thing.Canvas;
        var box = place.Around(0, 0, canvas.Width, canvas.Height);
        double moveX = place.Facing.MoveX, moveY = place.Facing.MoveY;
        var moments = Math.Clamp((int)Math.Ceiling(Math.Abs(moveX) + Math.Abs(moveY)), 1, 16);
        int fromX = Math.Max(0, (int)(box.Left - Math.Abs(moveX))), toX = Math.Min(width, (int)(box.Right + Math.Abs(moveX) + 1));
        int fromY = Math.Max(0, (int)(box.Top - Math.Abs(moveY))), toY = Math.Min(height, (int)(box.Bottom + Math.Abs(moveY) + 1));
        for (var y = fromY; y < toY; y++)
        {
            for (var x = fromX; x < toX; x++)
            {
                float cover = 0, light = 0;
                for (var i = 0; i < 4 * moments; i++)
                {
                    var moment = (i / 4 + 0.5) / moments - 0.5;
                    var (column, row) = place.Back(
                        x - 0.25 + 0.5 * (i & 1) - moment * moveX, y - 0.25 + 0.25 * (i & 2) - moment * moveY);
                    if (column < 0 || row < 0 || column >= canvas.Width || row >= canvas.Height)
                        continue;
                    var at = (int)row * canvas.Width + (int)column;
                    cover += canvas.Cover[at];
                    light += canvas.Cover[at] * canvas.Luma[at];
                }

                ref var value = ref luma[y * width + x];
                value = (light + (4 * moments - cover) * value) / (4 * moments);
            }
        }
    }
}
