using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Fed.Tests.Silo.Telemetry;

/// <summary>A Prometheus with the repository's alert rules, in which a day takes six minutes.</summary>
internal sealed partial class AlertWatch : IAsyncDisposable
{
    /// <summary>So many times as fast as they are written do the rules look: four minutes are a second.</summary>
    private const int Pace = 240;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    private readonly PrometheusProcess _prometheus;

    private AlertWatch(PrometheusProcess prometheus) => _prometheus = prometheus;

    /// <summary>Between two looks: of Prometheus at the silos, and of whoever waits at Prometheus.</summary>
    public static TimeSpan Every { get; } = TimeSpan.FromMilliseconds(250);

    /// <param name="silos">Where their metrics are, each <c>HOST:PORT</c>.</param>
    public static async Task<AlertWatch> StartAsync(params string[] silos) =>
        new(await PrometheusProcess.StartAsync(silos, Every, Faster(File.ReadAllText(
            Repository.PathOf("deploy", "prometheus", "alerts.yml")))));

    /// <summary>Until the alert of this federation, instance... fires.</summary>
    /// <param name="fault">What goes on meanwhile, again and again; null: nothing.</param>
    public Task FiresAsync(string alert, string label, Func<Task>? fault = null) =>
        UntilAsync(firing => firing, "fires", alert, label, fault);

    /// <summary>Until it does not fire any more.</summary>
    public Task ClearsAsync(string alert, string label, Func<Task>? work = null) =>
        UntilAsync(firing => !firing, "clears", alert, label, work);

    public async Task QuietAsync(string alert, string label) =>
        Assert.False(await FiringAsync(alert, label), $"{alert} of {label} fires before anything is wrong");

    /// <summary>Until the expression has data.</summary>
    public async Task SaysAsync(string expression)
    {
        var since = Stopwatch.GetTimestamp();
        while (await _prometheus.CountAsync(expression) == 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Longest, $"nothing answers {expression}");
            await Task.Delay(Every);
        }
    }

    public ValueTask DisposeAsync() => _prometheus.DisposeAsync();

    /// <summary>
    /// The same rules with windows, waiting times and ages by <see cref="Pace"/> shorter; counts, shares and the days of
    /// a certificate as they are.
    /// </summary>
    internal static string Faster(string rules)
    {
        rules = Durations().Replace(rules, match => Milliseconds(match.Value));
        return Seconds().Replace(rules, match => match.Groups[1].Value + (double.Parse(
            match.Groups[2].Value, CultureInfo.InvariantCulture) / Pace).ToString(CultureInfo.InvariantCulture));
    }

    private static string Milliseconds(string duration)
    {
        var minutes = int.Parse(duration.AsSpan(0, duration.Length - 1), CultureInfo.InvariantCulture)
            * duration[^1] switch { 'd' => 24 * 60, 'h' => 60, _ => 1 };
        return $"{minutes * 60_000 / Pace}ms";
    }

    private async Task UntilAsync(Func<bool, bool> wanted, string verb, string alert, string label, Func<Task>? work)
    {
        var since = Stopwatch.GetTimestamp();
        while (!wanted(await FiringAsync(alert, label)))
        {
            Assert.True(
                Stopwatch.GetElapsedTime(since) < Longest,
                $"{alert} of {label} never {verb}; {await _prometheus.DescribeAsync($"ALERTS{{alertname='{alert}'}}")}");
            if (work is not null)
                await work();
            await Task.Delay(Every);
        }
    }

    private async Task<bool> FiringAsync(string alert, string label) =>
        (await _prometheus.FiringAsync()).Any(one => one["alertname"] == alert && one.ContainsValue(label));

    [GeneratedRegex(@"(?<=for: |offset |\[|:)\d+[mhd](?=\s|\]|\)|:|$)")]
    private static partial Regex Durations();

    /// <summary>Ages to compare with, and how far a prediction looks.</summary>
    [GeneratedRegex(@"((?:seconds\{.*\}\)|seconds\)) > |\], )(\d{3,})")]
    private static partial Regex Seconds();
}
