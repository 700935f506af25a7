using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fed.Bench.Report;

/// <summary>A benchmark's JSON as Markdown tables: one for each array, or one for single figures.</summary>
internal static class JsonTables
{
    public static void Write(JsonElement figures, StringBuilder text)
    {
        var arrays = figures.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Array).ToArray();
        foreach (var array in arrays)
            Table([.. array.Value.EnumerateArray()], text);
        if (arrays.Length == 0)
            Table([figures], text);
    }

    private static void Table(JsonElement[] rows, StringBuilder text)
    {
        if (rows.Length == 0)
            return;
        var names = rows[0].EnumerateObject().Select(member => member.Name).ToArray();
        Line(names, text);
        Line(names.Select(name => rows[0].GetProperty(name).ValueKind == JsonValueKind.Number ? "-:" : "-"), text);
        foreach (var row in rows)
            Line(names.Select(name => Cell(row.GetProperty(name))), text);
        text.Append('\n');
    }

    private static void Line(IEnumerable<string> cells, StringBuilder text) =>
        text.Append('|').AppendJoin('|', cells).Append("|\n");

    /// <summary>Whole numbers as they are, others to three significant digits.</summary>
    private static string Cell(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number)
            return value.ToString();
        if (value.TryGetInt64(out var whole))
            return whole.ToString(CultureInfo.InvariantCulture);
        var number = value.GetDouble();
        var digits = number == 0 ? 0 : Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(number))), 0, 9);
        return number.ToString($"F{digits}", CultureInfo.InvariantCulture);
    }
}
