using System.Globalization;
using Fed.Cli.Commands;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;

namespace Fed.Cli.Top;

/// <summary>What a server has said.</summary>
/// <param name="At">When, by the clock of this machine.</param>
/// <param name="Left">Federations that were not asked for, since there are so many.</param>
internal sealed record TopReading(DateTimeOffset At, IReadOnlyList<FederationStatus> Federations, int Left);

/// <summary>That the server does not answer.</summary>
/// <param name="Since">When it failed to for the first time.</param>
internal sealed record TopOutage(DateTimeOffset Since, string Reason);

internal enum TopTone
{
    Plain,
    Heading,
    Federation,
    Alarm,

    /// <summary>Was true some time ago.</summary>
    Old,
}

internal sealed record TopLine(string Text, TopTone Tone = TopTone.Plain);

/// <summary>A reading as lines of text, none wider than asked for and none with control characters.</summary>
internal static class TopPage
{
    /// <summary>The narrowest that all columns have room in; on a narrower screen the last ones are cut.</summary>
    public const int UsualWidth = 80;

    /// <summary>Of the columns before the last.</summary>
    private const int TierWidth = 61;

    private const string TierHeading =
        "tier           version  age  buffer  stale  accuracy (of)    waits for";

    private const string ParticipantHeading =
        "participant             cluster       state           seen  contributions  last";

    /// <param name="reading">Null: none came yet.</param>
    /// <param name="outage">Null: the server answers.</param>
    public static IReadOnlyList<TopLine> Lines(
        Uri server, TopReading? reading, TopOutage? outage, DateTimeOffset now, int width)
    {
        var lines = new List<TopLine> { new($"fed top  {server}  {Clock(now)}", TopTone.Heading) };
        if (outage is not null)
        {
            var below = reading is null ? "" : $"; below is what it said at {Clock(reading.At)}";
            lines.Add(new($"no answer since {Clock(outage.Since)}, {Age(now - outage.Since)}{below}", TopTone.Alarm));
            lines.Add(new(outage.Reason, TopTone.Alarm));
        }

        if (reading is not null)
            AddFederations(lines, reading, now, width);
        return [.. lines.Select(line => line with
        {
            Text = Fit(line.Text, width),
            Tone = outage is null || line.Tone == TopTone.Alarm ? line.Tone : TopTone.Old,
        })];
    }

    /// <summary>How long something has lasted, in at most four characters up to 999 days.</summary>
    internal static string Age(TimeSpan time) => time switch
    {
        // The server's clock may be ahead of this one.
        { Ticks: <= 0 } => "0s",
        { TotalSeconds: < 100 } => Text($"{(int)time.TotalSeconds}s"),
        { TotalMinutes: < 100 } => Text($"{(int)time.TotalMinutes}m"),
        { TotalHours: < 48 } => Text($"{(int)time.TotalHours}h"),
        _ => Text($"{(int)time.TotalDays}d"),
    };

    private static void AddFederations(List<TopLine> lines, TopReading reading, DateTimeOffset now, int width)
    {
        if (reading.Federations.Count == 0)
            lines.Add(new("the server has no federation"));
        foreach (var federation in reading.Federations)
        {
            var target = federation.TargetVersions > 0 ? Text($" of {federation.TargetVersions}") : "";
            var state = Text($"{federation.State}, {federation.Mode}").ToLowerInvariant();
            lines.Add(new(""));
            var progress = Text($"global version {federation.Global.Version}{target}");
            lines.Add(new($"{federation.Name}  {federation.Task}, {state}, {progress}", TopTone.Federation));
            lines.Add(new(TierHeading, TopTone.Heading));
            lines.AddRange(federation.Clusters.Append(federation.Global)
                .Select(tier => new TopLine(Tier(tier, now, width))));
            lines.Add(new(ParticipantHeading, TopTone.Heading));
            var clusters = federation.Clusters.ToDictionary(cluster => cluster.Key, StringComparer.Ordinal);
            lines.AddRange(federation.Participants.Select(one => new TopLine(
                Participant(one, clusters.GetValueOrDefault(one.Cluster), now))));
        }

        if (reading.Left > 0)
            lines.Add(new(Text($"and {reading.Left} more federations: --federation NAME shows one")));
    }

    private static string Tier(TierStatus tier, DateTimeOffset now, int width)
    {
        var age = tier.CommittedAt is { } at ? Age(now - at) : "-";
        var stale = Text($"{tier.StalenessMean:0.0}/{tier.StalenessMax}");
        var accuracy = (tier.Accuracy, tier.Evaluation) switch
        {
            (null, _) => "-",
            ({ } share, null) => Text($"{share * 100:0.0}%"),
            ({ } share, { } all) => Text($"{share * 100:0.0}% ({all.Examples})"),
        };
        var row = Text($"{Fit(tier.Key, 14),-14}{tier.Version,8}{age,5}{tier.Buffered + "/" + tier.Goal,8}{stale,7}");
        return $"{row}  {accuracy,-15}  {WaitsFor(tier.Waiting, now, width - TierWidth)}";
    }

    /// <summary>As many names as there is room for, one at least; the others are counted.</summary>
    private static string WaitsFor(TierWait wait, DateTimeOffset now, int width)
    {
        if (wait.Count == 0)
            return "-";
        var since = wait.OldestAt is { } oldest ? $" {Age(now - oldest)}" : "";
        for (var named = wait.Names.Count; named > 0; named--)
        {
            var names = string.Join(", ", wait.Names.Take(named));
            var rest = (wait.Count > named ? Text($" +{wait.Count - named}") : "") + since;
            if (named == 1 || names.Length + rest.Length <= width)
                return Fit(names, width - rest.Length) + rest;
        }

        return Text($"{wait.Count}{since}");
    }

    private static string Participant(ParticipantStatus one, TierStatus? cluster, DateTimeOffset now)
    {
        var seen = one.LastSeen is { } at ? Age(now - at) : "-";
        var last = one.LastContribution is { } then ? Age(now - then) : "-";
        var who = $"{Fit(one.Name, 23),-24}{Fit(one.Cluster, 13),-14}{State(one, cluster),-14}";
        return Text($"{who}{seen,6}{one.Accepted,15}{last,6}");
    }

    /// <summary>What a participant is to the open buffer of its cluster, in the words of the status page.</summary>
    private static string State(ParticipantStatus one, TierStatus? cluster) => one switch
    {
        { Suspended: true } => "suspended",
        { Buffered: true } => "in the buffer",
        { LastSeen: null } => "not seen",
        _ => cluster is { Waiting.Count: > 0 } ? "waited for" : "idle",
    };

    private static string Clock(DateTimeOffset at) => Text($"{at.UtcDateTime:HH:mm:ss} UTC");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whatever a server names its things: no control characters, no more than there is room for.</summary>
    private static string Fit(string text, int width)
    {
        var clean = PlainText.Of(text);
        return clean.Length <= width ? clean : $"{clean[..Math.Max(0, width - 1)]}…";
    }
}
