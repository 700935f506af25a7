namespace Fed.MediaQc.Files;

/// <summary>A data file or folder is missing, damaged, or not what its name promises.</summary>
/// <param name="path">The file or folder concerned.</param>
/// <param name="reason">What is wrong, and what to do.</param>
/// <param name="inner">The cause, if another exception told.</param>
public sealed class DataFileException(string path, string reason, Exception? inner = null)
    : IOException($"{path}: {reason}", inner)
{
    /// <summary>So many of many problems are told in full.</summary>
    private const int Told = 10;

    public string FilePath { get; } = path;

    public string Reason { get; } = reason;

    /// <summary>Of several: each on a line of its own, the first ten of them, and how many more there are.</summary>
    /// <param name="problems">One at least.</param>
    public static DataFileException Of(IReadOnlyList<DataFileException> problems)
    {
        var lines = problems.Skip(1).Take(Told - 1).Select(problem => $"\n  {problem.Message}");
        var more = problems.Count > Told ? $"\n  and {problems.Count - Told} more" : "";
        return new DataFileException(problems[0].FilePath, problems[0].Reason + string.Concat(lines) + more);
    }
}
