using System.Globalization;

namespace Fed.Core.Text;

/// <summary>How settings name a function and its parameters: <c>name</c> or <c>name:1,0.5</c>.</summary>
public static class NameWithNumbers
{
    /// <param name="numbers">Finite; empty without a colon.</param>
    /// <returns>False where something after the colon is not a finite number.</returns>
    public static bool TryParse(string text, out string name, out double[] numbers)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        name = colon < 0 ? text : text[..colon];
        var parts = colon < 0 ? [] : text[(colon + 1)..].Split(',');
        numbers = new double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])
                || !double.IsFinite(numbers[i]))
            {
                return false;
            }
        }

        return true;
    }
}
