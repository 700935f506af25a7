using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace Fed.Cli.Commands;

/// <summary>Refuses numbers outside a range while the command line is read.</summary>
internal static class OptionBounds
{
    /// <param name="message">Names option and range.</param>
    public static void Within<T>(this Option<T> option, T least, T most, string message)
        where T : struct, INumber<T> => option.Validators.Add(result =>
    {
        // What is no number at all, the parser refuses by itself; asking it for the value would throw.
        if (result.Tokens is [var token]
            && T.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && !(value >= least && value <= most))
        {
            result.AddError(message);
        }
    });
}
