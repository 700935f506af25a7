namespace Fed.Cli.Demo.Views;

/// <summary>For pipes and files: plain lines, a few.</summary>
internal sealed class PlainView(TextWriter writer) : IDemoView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private string _phase = "";
    private TimeSpan _next;

    public void Say(string line)
    {
        lock (_gate)
            writer.WriteLine(line);
    }

    public void Show(DemoProgress progress)
    {
        lock (_gate)
        {
            if (progress.Phase == _phase && progress.Elapsed < _next)
                return;
            _phase = progress.Phase;
            _next = progress.Elapsed + Interval;
            var rows = progress.Rows.Select(row =>
                $"{row.Key} v{row.Version}{(row.Accuracy is { } accuracy ? $" {accuracy:P0}" : "")}");
            var head = $"{progress.Elapsed.TotalSeconds,5:0.0} s {progress.Share,5:P0}  {progress.Phase}";
            writer.WriteLine($"{head}  {string.Join("  ", rows)}");
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
