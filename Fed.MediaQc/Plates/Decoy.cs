namespace Fed.MediaQc.Plates;

/// <summary>Things that have edges as a plate has, and are none.</summary>
internal static class Decoy
{
    private static readonly string[] s_words =
    [
        "Station", "Market", "Bakery", "Exit", "Hotel", "Parking", "Cafe Roma", "Pharmacy", "Police", "Taxi", "School",
        "Open", "Sale", "Kiosk", "North Gate", "Stand B", "Studio 4", "Press", "Library", "Garage", "Ring Road", "Centre",
        "Bus Stop", "No Entry", "Main Street", "Bank", "Theatre", "Restaurant", "Fuel", "Airport", "Harbour", "Museum",
        "Florist", "Books", "Fire Exit", "Tickets", "Sector C", "Gate 12", "Platform 3", "Lane 2", "Reception",
    ];

    /// <summary>
    /// Signs with a border, shop fronts, captions over the picture, clocks and timecodes, numbers of jerseys,
    /// telephone numbers and prices, fences, grids, grilles, rows of windows.
    /// </summary>
    public static IReadOnlyList<string> Kinds { get; } =
        ["sign", "shop", "caption", "clock", "jersey", "number", "fence", "grid", "grille", "windows"];

    /// <param name="rows">Height of the thing, canvas pixels.</param>
    /// <param name="dimmed">What unlit paint keeps of its light, 0 to 1.</param>
    public static FlatThing Make(string kind, GlyphSheet font, int rows, double dimmed, Random random)
    {
        var text = Words(kind, random);
        var letters = rows * (0.45 + 0.35 * random.NextDouble());
        var columns = text.Length > 0
            ? PlateCanvas.Measure(font, text, letters) + rows * (0.2 + 0.8 * random.NextDouble())
            : rows * (1.5 + 4.5 * random.NextDouble());
        columns = Math.Clamp(columns, rows * 0.8, rows * 9);
        double around = (0.15 + 0.4 * random.NextDouble()) * rows, beside = around * (0.6 + 1.4 * random.NextDouble());
        var canvas = new PlateCanvas((int)(columns + 2 * beside), (int)(rows + 2 * around));
        if (kind != "caption" && random.Next(2) == 0)
            Bodywork.Paint(canvas, rows, dimmed, random);
        var dark = random.Next(2) == 0;
        double ground = dark ? 10 + random.Next(90) : 150 + random.Next(105);
        var ink = dark ? 180 + random.Next(75) : 10 + random.Next(70);
        var lit = random.Next(3) == 0 ? 1 : dimmed;
        (ground, ink) = (ground * lit, (int)(ink * lit));
        if (text.Length == 0)
            Pattern(canvas, kind, beside, around, columns, rows, ground, ink, random);
        else
            Board(canvas, kind, font, text, beside, around, columns, rows, letters, ground, ink, random);
        return new FlatThing(canvas, beside, around, columns, rows, kind, IsPlate: false);
    }

    private static string Words(string kind, Random random)
    {
        var word = s_words[random.Next(s_words.Length)];
        return kind switch
        {
            "sign" => word,
            "shop" => random.Next(2) == 0 ? word.ToUpperInvariant() : word,
            "caption" => random.Next(2) == 0 ? word + " " + s_words[random.Next(s_words.Length)] : word,
            // The sheets have no colon.
            "clock" => random.Next(2) == 0
                ? $"{random.Next(24):00}.{random.Next(60):00}"
                : $"{random.Next(24):00}.{random.Next(60):00}.{random.Next(60):00}.{random.Next(25):00}",
            "jersey" => $"{1 + random.Next(99)}",
            "number" => random.Next(2) == 0
                ? $"0{random.Next(10, 999)} {random.Next(1000, 999999)}"
                : $"{random.Next(1, 99)}.{random.Next(100):00}",
            _ => "",
        };
    }

    private static void Board(
        PlateCanvas canvas, string kind, GlyphSheet font, string text, double left, double top, double width,
        double height, double letters, double ground, double ink, Random random)
    {
        if (kind is not "caption" && (kind is not "shop" || random.Next(2) == 0))
            canvas.Fill(left, top, width, height, ground);
        if (kind == "sign" && random.Next(3) > 0)
            canvas.Frame(left, top, width, height, Math.Max(1, height * 0.04), ink);
        canvas.Text(font, text, left, top, width, height, letters, ink);
    }

    private static void Pattern(
        PlateCanvas canvas, string kind, double left, double top, double width, double height, double ground, double ink,
        Random random)
    {
        var pitch = height * (0.12 + 0.25 * random.NextDouble());
        var share = 0.15 + 0.5 * random.NextDouble();
        if (kind is not "fence")
            canvas.Fill(left, top, width, height, ground);
        if (kind is "fence" or "grid")
        {
            for (var x = 0.0; x < width; x += pitch)
                canvas.Fill(left + x, top, Math.Max(1, pitch * share), height, ink);
        }

        if (kind is "grille" or "grid")
        {
            for (var y = 0.0; y < height; y += pitch)
                canvas.Fill(left, top + y, width, Math.Max(1, pitch * share), ink);
        }

        if (kind != "windows")
            return;
        var tall = height * (0.3 + 0.5 * random.NextDouble());
        for (var x = pitch / 2; x + pitch < width; x += 2 * pitch)
            canvas.Fill(left + x, top + (height - tall) / 2, pitch, tall, ink + random.Next(-20, 20));
    }
}
