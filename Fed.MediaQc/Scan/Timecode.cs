using System.Globalization;

namespace Fed.MediaQc.Scan;

/// <summary>Where in a film a second is.</summary>
public static class Timecode
{
    /// <summary>HH:MM:SS:FF, of frames counted from 0 at the rounded rate without drops; without a rate
    /// HH:MM:SS.mmm.</summary>
    /// <param name="offset">Of the first frame, hours.</param>
    public static string Of(double seconds, double? frameRate, int offset = 0)
    {
        if (frameRate is not { } rate)
        {
            var milliseconds = (long)Math.Round(seconds * 1000);
            return string.Create(
                CultureInfo.InvariantCulture, $"{Clock(milliseconds / 1000)}.{milliseconds % 1000:000}");
        }

        var frames = (long)Math.Round(seconds * rate);
        var counted = Math.Max(1, (long)Math.Round(rate));
        return string.Create(
            CultureInfo.InvariantCulture, $"{Clock((frames / counted) + (offset * 3600))}:{frames % counted:00}");
    }

    private static string Clock(long seconds) => string.Create(
        CultureInfo.InvariantCulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}");
}
