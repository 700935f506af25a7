namespace Fed.Cli.Reports;

/// <summary>What every chart has: margins, a grid, the axes' names, and a legend.</summary>
internal sealed class PlotFrame
{
    public const double Width = 720;
    public const double Height = 320;

    private const double Left = 52;
    private const double Right = 12;
    private const double Top = 40;
    private const double Bottom = 44;

    public PlotFrame(string label) => Svg = new SvgWriter(Width, Height, label);

    public SvgWriter Svg { get; }

    public static double PlotLeft => Left;

    public static double PlotRight => Width - Right;

    public static double PlotTop => Top;

    public static double PlotBottom => Height - Bottom;

    public static Axis Horizontal(double low, double high, int ticks = 8) => new(low, high, PlotLeft, PlotRight, ticks);

    public static Axis Vertical(double low, double high, int ticks = 5) => new(low, high, PlotBottom, PlotTop, ticks);

    public void DrawVertical(Axis axis, string name, Func<double, string> format)
    {
        foreach (var tick in axis.Ticks)
        {
            Svg.Line("grid", PlotLeft, axis.At(tick), PlotRight, axis.At(tick));
            Svg.Text("tick", PlotLeft - 6, axis.At(tick) + 4, "end", format(tick));
        }

        Svg.Text("name", 4, Top - 24, "start", name);
    }

    public void DrawHorizontal(Axis axis, string name)
    {
        foreach (var tick in axis.Ticks)
            Svg.Text("tick", axis.At(tick), PlotBottom + 18, "middle", $"{Math.Round(tick, 6)}");
        Svg.Text("name", PlotRight, PlotBottom + 36, "end", name);
    }

    /// <param name="entries">Style and name of each, laid out to the right above the plot.</param>
    public void DrawLegend(IReadOnlyList<(string Style, string Name)> entries)
    {
        const double perCharacter = 7.2;
        var x = PlotRight - entries.Sum(entry => entry.Name.Length * perCharacter + 28);
        foreach (var (style, name) in entries)
        {
            Svg.Rectangle($"{style} mark", x, Top - 26, 12, 12);
            Svg.Text("legend", x + 17, Top - 16, "start", name);
            x += name.Length * perCharacter + 28;
        }
    }
}
