using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Fed.Tests.Silo.Telemetry;

/// <summary>What a silo's <c>/metrics</c> says, in Prometheus' text format.</summary>
internal sealed partial class Scrape
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly List<(string Name, Dictionary<string, string> Labels, double Value)> _series = [];

    private Scrape(string text)
    {
        Text = text;
        foreach (Match line in Series().Matches(text))
        {
            _series.Add((
                line.Groups["name"].Value,
                Labels().Matches(line.Groups["labels"].Value).ToDictionary(
                    label => label.Groups["key"].Value, label => label.Groups["value"].Value),
                double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture)));
        }
    }

    public string Text { get; }

    public IEnumerable<string> Names => _series.Select(one => one.Name).Distinct();

    public static Task<Scrape> OfAsync(TestSilo silo) => OfAsync(silo.Client, silo.Host.MetricsAddress);

    /// <param name="gateway">Of a silo that has its metrics there.</param>
    public static Task<Scrape> OfAsync(HttpClient gateway) => OfAsync(gateway, new Uri("/metrics", UriKind.Relative));

    /// <summary>Asks until it says so: what is done in the background is measured when it is done.</summary>
    public static Task<Scrape> UntilAsync(TestSilo silo, Func<Scrape, bool> says) =>
        UntilAsync(() => OfAsync(silo), says);

    /// <param name="gateway">Of a silo that has its metrics there.</param>
    /// <inheritdoc cref="UntilAsync(TestSilo, Func{Scrape, bool})"/>
    public static Task<Scrape> UntilAsync(HttpClient gateway, Func<Scrape, bool> says) =>
        UntilAsync(() => OfAsync(gateway), says);

    private static async Task<Scrape> OfAsync(HttpClient client, Uri address) =>
        new(await client.GetStringAsync(address));

    private static async Task<Scrape> UntilAsync(Func<Task<Scrape>> scrapeAsync, Func<Scrape, bool> says)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var scrape = await scrapeAsync();
            if (says(scrape))
                return scrape;
            if (Stopwatch.GetElapsedTime(since) > Longest)
                throw new TimeoutException($"the silo does not say so:\n{scrape.Text}");
        }
    }

    /// <summary>The sum of the series that have all these labels; null: there is none.</summary>
    public double? Value(string name, params (string Key, string Value)[] labels)
    {
        var found = _series.Where(one => one.Name == name && labels.All(
            label => one.Labels.GetValueOrDefault(label.Key) == label.Value)).ToArray();
        return found.Length == 0 ? null : found.Sum(one => one.Value);
    }

    public IReadOnlyCollection<string> LabelsOf(string name) =>
        [.. _series.Where(one => one.Name == name).SelectMany(one => one.Labels.Keys).Distinct()];

    [GeneratedRegex(@"^(?<name>\w+)\{(?<labels>.*)\} (?<value>\S+)( \d+)?$", RegexOptions.Multiline)]
    private static partial Regex Series();

    [GeneratedRegex("(?<key>\\w+)=\"(?<value>(\\\\.|[^\"\\\\])*)\"")]
    private static partial Regex Labels();
}
