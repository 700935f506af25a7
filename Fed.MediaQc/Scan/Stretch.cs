namespace Fed.MediaQc.Scan;

/// <summary>Findings of looks at short pieces of a file, each of which was found wanting.</summary>
internal static class Stretch
{
    /// <summary>Two with less between them are one, seconds.</summary>
    private const double Gap = 0.5;

    /// <summary>Looks that follow one another closely are one finding.</summary>
    public static List<Finding> Join(
        IEnumerable<(double Start, double End, double Value)> looks,
        double least,
        Severity severity,
        Func<double, string> say,
        Func<double, double, double>? worst = null)
    {
        var findings = new List<Finding>();
        (double Start, double End, double Value)? open = null;
        foreach (var look in looks)
        {
            if (open is { } before && look.Start - before.End <= Gap)
            {
                open = (before.Start, look.End, (worst ?? Math.Max)(before.Value, look.Value));
                continue;
            }

            Close();
            open = look;
        }

        Close();
        return findings;

        void Close()
        {
            if (open is { } done && done.End - done.Start >= least)
                findings.Add(new(done.Start, done.End, severity, done.Value, say(done.Value)));
        }
    }
}
