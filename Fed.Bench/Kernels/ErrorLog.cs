using System.Text;
using BenchmarkDotNet.Loggers;

namespace Fed.Bench.Kernels;

/// <summary>
/// Keeps why a benchmark failed, and nothing of what BenchmarkDotNet says else: errors, and the exceptions of the
/// benchmarks, which it logs as plain text.
/// </summary>
internal sealed class ErrorLog : ILogger
{
    /// <summary>How it begins the findings of its validators: a summary has them, and most are only advice.</summary>
    private const string Finding = "//    *";

    private readonly StringBuilder _text = new();

    public string Id => nameof(ErrorLog);

    public int Priority => 0;

    public string Text => _text.ToString().Trim();

    public void Clear() => _text.Clear();

    public void Write(LogKind logKind, string text)
    {
        if (!text.StartsWith(Finding, StringComparison.Ordinal)
            && (logKind == LogKind.Error || text.Contains(nameof(Exception), StringComparison.Ordinal)))
            _text.Append(text).Append('\n');
    }

    public void WriteLine()
    {
    }

    public void WriteLine(LogKind logKind, string text) => Write(logKind, text);

    public void Flush()
    {
    }
}
