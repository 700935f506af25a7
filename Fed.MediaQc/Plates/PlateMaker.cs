namespace Fed.MediaQc.Plates;

/// <summary>A flat thing that can be put into a picture.</summary>
/// <param name="Canvas">With what is around it.</param>
/// <param name="Left">Where the thing itself begins in the canvas.</param>
/// <param name="Top">Likewise.</param>
/// <param name="Width">Of the thing itself.</param>
/// <param name="Height">Likewise.</param>
/// <param name="Kind">Country of a plate, or kind of a <see cref="Decoy"/>.</param>
/// <param name="IsPlate">Whether it is to be found.</param>
internal sealed record FlatThing(
    PlateCanvas Canvas, double Left, double Top, double Width, double Height, string Kind, bool IsPlate);

/// <summary>Makes plates by country, on the part of a vehicle that bears them.</summary>
internal static class PlateMaker
{
    private static readonly string[] s_words = ["STATE", "Garden", "Sunrise", "COAST", "Valley", "PROVINCE"];

    /// <param name="rows">Height of the plate, canvas pixels.</param>
    /// <param name="dimmed">What unlit paint keeps of its light, 0 to 1; a plate reflects, and keeps all.</param>
    public static FlatThing Make(
        PlateCountry country, string text, GlyphSheet font, int rows, double dimmed, Random random)
    {
        var columns = rows * country.Width / country.Height;
        double around = (0.15 + 0.5 * random.NextDouble()) * rows, beside = around * (0.6 + 1.4 * random.NextDouble());
        var canvas = new PlateCanvas((int)(columns + 2 * beside), (int)(rows + 2 * around));
        // A plate on a wall of glass, in a hand or on a lorry's frame has no bodywork about it.
        if (random.Next(5) > 0)
            Bodywork.Paint(canvas, rows, dimmed, random);
        var place = new Box(beside, around, columns, rows);
        if (random.Next(2) == 0)
        {
            var holder = rows * (0.04 + 0.06 * random.NextDouble());
            canvas.Fill(
                place.Left - holder, place.Top - holder, columns + 2 * holder, rows + (2 + random.Next(3)) * holder,
                dimmed * (15 + random.Next(50)));
        }

        Draw(canvas, country, text, font, place, random);
        return new FlatThing(canvas, place.Left, place.Top, columns, rows, country.Id, IsPlate: true);
    }

    private readonly record struct Box(double Left, double Top, double Width, double Height);

    private static void Draw(
        PlateCanvas canvas, PlateCountry country, string text, GlyphSheet font, Box place, Random random)
    {
        var worn = random.NextDouble() * 0.3;
        double ground = country.Luma + (110 - country.Luma) * worn * 0.5, ink = country.Ink + (110 - country.Ink) * worn;
        canvas.Fill(place.Left, place.Top, place.Width, place.Height, ground);
        canvas.Frame(place.Left, place.Top, place.Width, place.Height, Math.Max(1, place.Height * 0.03), ink);
        var inner = Strip(canvas, country, place);
        if (country.Words)
        {
            var small = inner.Height * 0.13;
            var word = s_words[random.Next(s_words.Length)];
            canvas.Text(font, word, inner.Left, inner.Top + small * 0.4, inner.Width, small, small, ink);
            canvas.Text(
                font, word, inner.Left, inner.Top + inner.Height - small * 1.4, inner.Width, small, small, ink);
        }

        var lines = text.Split('/');
        // The upper line of two is the smaller one on some plates (Japan), as large on others.
        var share = lines.Length == 1 ? new[] { 1.0 } : country.Words ? [0.36, 0.64] : [0.5, 0.5];
        var top = inner.Top;
        foreach (var (line, height) in lines.Zip(share, (line, part) => (line, part * inner.Height)))
        {
            var margin = inner.Width * 0.04;
            canvas.Text(
                font, line, inner.Left + margin, top, inner.Width - 2 * margin, height, height * country.Letters, ink);
            top += height;
        }
    }

    /// <summary>Draws the coloured strip.</summary>
    /// <returns>What it leaves for the characters.</returns>
    private static Box Strip(PlateCanvas canvas, PlateCountry country, Box place)
    {
        var wide = 0.36 * Math.Min(place.Height, place.Width / 4);
        if (country.Strip == "top")
        {
            canvas.Fill(place.Left, place.Top, place.Width, place.Height * 0.23, country.StripLuma);
            return place with { Top = place.Top + place.Height * 0.23, Height = place.Height * 0.77 };
        }

        var (left, right) = (country.Strip is "left" or "both", country.Strip is "right" or "both");
        if (left)
            canvas.Fill(place.Left, place.Top, wide, place.Height, country.StripLuma);
        if (right)
            canvas.Fill(place.Left + place.Width - wide, place.Top, wide, place.Height, country.StripLuma);
        return place with
        {
            Left = place.Left + (left ? wide : 0),
            Width = place.Width - (left ? wide : 0) - (right ? wide : 0),
        };
    }
}

/// <summary>Painted metal with edges, slots and lamps: about plates, and about decoys likewise, so that it tells
/// nothing.</summary>
internal static class Bodywork
{
    /// <param name="unit">Height of what it bears, canvas pixels.</param>
    /// <param name="dimmed">What it keeps of its light, 0 to 1.</param>
    public static void Paint(PlateCanvas canvas, double unit, double dimmed, Random random)
    {
        double luma = 15 + random.Next(215), slope = (random.NextDouble() - 0.5) * 90 / canvas.Height;
        for (var y = 0; y < canvas.Height; y++)
            canvas.Fill(0, y, canvas.Width, 1, dimmed * Math.Clamp(luma + slope * (y - canvas.Height / 2), 5, 250));
        for (var i = random.Next(5); i > 0; i--)
        {
            var thick = unit * (0.03 + 0.08 * random.NextDouble());
            canvas.Fill(
                0, random.NextDouble() * canvas.Height, canvas.Width, thick,
                dimmed * Math.Clamp(luma + random.Next(-90, 90), 5, 250));
        }

        // Slots of a grille above or below.
        if (random.Next(3) == 0)
        {
            double pitch = unit * (0.12 + 0.15 * random.NextDouble()), end = canvas.Height * 0.25;
            var from = random.Next(2) == 0 ? 0 : canvas.Height * 0.75;
            for (var y = 0.0; y < end; y += pitch)
                canvas.Fill(0, from + y, canvas.Width, pitch / 2, dimmed * 20);
        }

        for (var i = random.Next(3); i > 0; i--)
        {
            double lamp = unit * (0.3 + random.NextDouble()), wide = lamp * (1 + random.NextDouble());
            canvas.Fill(
                random.NextDouble() * canvas.Width, random.NextDouble() * canvas.Height, wide, lamp * 0.5,
                30 + random.Next(220));
        }
    }
}
