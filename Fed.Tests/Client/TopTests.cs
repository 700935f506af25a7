using System.Text.Json.Nodes;
using System.Threading.Channels;
using Fed.Cli;
using Fed.Cli.Top;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Versions;
using Fed.Tests.Silo;
using Spectre.Console;

namespace Fed.Tests.Client;

/// <summary><c>fed top</c>: what it writes, and that it outlives its server.</summary>
public sealed class TopTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly Uri Server = new("http://127.0.0.1:8080");

    [Fact]
    public void Lines_OfAFederation_TellTiersAndParticipants()
    {
        var lines = Lines(Reading(Status()));

        Assert.Equal("fed top  http://127.0.0.1:8080/  12:00:00 UTC", lines[0]);
        Assert.Equal("codecs  media-qc, running, async, global version 12 of 20", lines[2]);
        Assert.Equal(
            "h264                12   5m     2/4  0.5/3  93.1% (1200)     studio-b 30s", lines[4].TrimEnd());
        Assert.Equal(
            "global              12  40s     0/2  0.0/0  -                -", lines[5].TrimEnd());
        Assert.Equal(
            "studio-a                h264          in the buffer     3s              7    2h", lines[7]);
        Assert.Equal(
            "studio-b                h264          not seen           -              0     -", lines[8]);
        Assert.Equal(
            "studio-c                h264          suspended          -              0     -", lines[9]);
    }

    [Theory]
    [InlineData(80, "  studio-b +10 2h")]
    [InlineData(100, "  studio-b, studio-c, studio-d +8 2h")]
    public void Lines_OfATierThatWaitsForMany_NameAsManyAsThereIsRoomForAndCountTheOthers(int width, string waits)
    {
        var many = TierWait.For([.. "bcdefghijkl".Select(letter => $"studio-{letter}")], Now.AddHours(-2));
        var status = Status() with { Clusters = [Tier("h264") with { Waiting = many }] };

        var lines = TopPage.Lines(Server, Reading(status), outage: null, Now, width);

        Assert.EndsWith(waits, lines[4].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_OfLongNamesAndNumbers_StayWithin80ColumnsAndWithoutControlCharacters()
    {
        var name = new string('n', 70) + "\e[31m\r\n";
        var waits = TierWait.For([.. Enumerable.Range(0, 500).Select(i => $"house-number-{i}")], Now.AddDays(-400));
        var status = Status() with
        {
            Name = name,
            Clusters = [Tier(name) with { Accepted = 1L << 40, Version = 123456789, Waiting = waits }],
            Participants = [Participant(name) with { Cluster = name, Accepted = 1L << 40 }],
        };

        var lines = Lines(Reading(status), new TopOutage(Now.AddDays(-3), name));

        Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
        Assert.DoesNotContain(lines, line => line.Any(char.IsControl));
        Assert.Equal("no answer since 12:00:00 UTC, 3d; below is what it said at 12:00:00 UTC", lines[1]);
        Assert.Equal($"{new string('n', 70)}?[31m??", lines[2]);
    }

    [Theory]
    [InlineData(-5, "0s")]
    [InlineData(99, "99s")]
    [InlineData(100, "1m")]
    [InlineData(7200, "2h")]
    [InlineData(200000, "2d")]
    public void Age_OfAnyTime_IsShort(int seconds, string text) =>
        Assert.Equal(text, TopPage.Age(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Show_OfNamesWithBracketsOnALowScreen_TakesThemForTextAndSaysWhatIsLeft()
    {
        using var drawn = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(drawn),
        });
        (console.Profile.Width, console.Profile.Height) = (80, 4);

        using (var screen = new TopScreen(console))
            screen.Show([new("[red]a[/] and [b"), new("second"), new("third"), new("fourth")]);

        var text = drawn.ToString();
        Assert.Contains("[red]a[/] and [b", text, StringComparison.Ordinal);
        Assert.Contains("... and 2 more lines", text, StringComparison.Ordinal);
        Assert.DoesNotContain("third", text, StringComparison.Ordinal);
        Assert.EndsWith("\e[?25h\e[?1049l", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_Once_OfASilo_PrintsItsFederationAsText()
    {
        var federation = await shared.CreateAsync(settings => settings["clusterTier"]!["goal"] = 2);
        using var participant = await federation.EnrolAsync();
        using var sent = await participant.SendAsync(1, TestParticipant.Update(federation.InitialModel));

        var (code, output) = await RunAsync("--once", "--federation", federation.Name);

        Assert.Equal(ExitCode.Success, code);
        Assert.Contains(
            $"{federation.Name}  media-qc, running, async, global version 0", output, StringComparison.Ordinal);
        Assert.Matches("(?m)^h264 +0 +[0-9]+s +1/2 +0[.]0/0 +- +b [0-9]+s$", output);
        Assert.Matches("(?m)^a +h264 +in the buffer +[0-9]+s +1 +[0-9]+s$", output);
        Assert.DoesNotContain('\e', output);
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public async Task Top_AsJson_IsOneDocumentOfAllFederations()
    {
        var federation = await shared.CreateAsync();

        var (code, output) = await RunAsync("--json");

        Assert.Equal(ExitCode.Success, code);
        var federations = JsonNode.Parse(output)!["federations"]!.AsArray();
        Assert.Contains(federations, one => (string?)one!["name"] == federation.Name);
    }

    [Fact]
    public async Task Top_OfAnUnknownFederation_EndsAsOtherCommandsDo() =>
        Assert.Equal((ExitCode.Refused, ""), await RunAsync("--federation", "nowhere", "--once"));

    [Fact]
    public async Task Watch_OfASiloThatIsStoppedAndStarted_SaysSinceWhenItIsAwayAndComesBack()
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings());
        using var client = new FederationClient(silo.Address);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var shown = Channel.CreateUnbounded<(TopReading? Reading, TopOutage? Outage)>();
        var source = new TopSource(client, federation: null, most: 20, TimeProvider.System);
        var watch = new TopWatch(
            source.ReadAsync, (reading, outage) => shown.Writer.TryWrite((reading, outage)), TimeProvider.System);
        var watching = watch.RunAsync(patience.Token);

        var before = await NextAsync(outage => outage is null);
        await silo.StopAsync();
        var away = await NextAsync(outage => outage is not null);
        var still = await NextAsync(outage => outage is not null);
        await silo.StartAgainAsync();
        var after = await NextAsync(outage => outage is null);

        Assert.Equal(ClientSilo.Federation, Assert.Single(before.Reading!.Federations).Name);
        Assert.Equal((before.Reading.Federations[0].Name, away.Outage!.Since), (
            away.Reading!.Federations[0].Name, still.Outage!.Since));
        Assert.DoesNotContain('\n', away.Outage.Reason);
        Assert.True(after.Reading!.At > away.Outage.Since);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);

        async Task<(TopReading? Reading, TopOutage? Outage)> NextAsync(Func<TopOutage?, bool> wanted)
        {
            while (true)
            {
                var one = await shown.Reader.ReadAsync(patience.Token);
                if (wanted(one.Outage))
                    return one;
            }
        }
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        var code = await CommandLine.Create()
            .Parse(["top", "--server", shared.Silo.Host.Address.ToString(), .. arguments])
            .InvokeAsync(new() { Output = output });
        return (code, output.ToString());
    }

    private static IReadOnlyList<string> Lines(TopReading reading, TopOutage? outage = null) =>
        [.. TopPage.Lines(Server, reading, outage, Now, TopPage.UsualWidth).Select(line => line.Text)];

    private static TopReading Reading(FederationStatus status) => new(Now, [status], Left: 0);

    private static FederationStatus Status() => new(
        "codecs",
        "media-qc",
        FederationMode.Async,
        FederationState.Running,
        TargetVersions: 20,
        Global: Tier("global") with
        {
            Buffered = 0,
            Goal = 2,
            StalenessMean = 0,
            StalenessMax = 0,
            Accuracy = null,
            Evaluation = null,
            CommittedAt = Now.AddSeconds(-40),
            Waiting = TierWait.For([], Now),
        },
        Clusters: [Tier("h264")],
        Participants:
        [
            Participant("studio-a") with
            {
                Accepted = 7,
                Buffered = true,
                LastSeen = Now.AddSeconds(-3),
                LastContribution = Now.AddHours(-2),
            },
            Participant("studio-b"),
            Participant("studio-c") with { Suspended = true },
        ]);

    private static TierStatus Tier(string key) => new(
        key,
        Version: 12,
        ModelSha256: "",
        Buffered: 2,
        Goal: 4,
        Accepted: 50,
        StalenessMean: 0.5,
        StalenessMax: 3,
        Accuracy: 0.931,
        BytesAccepted: 0,
        Waiting: TierWait.For(["studio-b"], Now.AddSeconds(-30)),
        Evaluation: new VersionEvaluation(3, 1200, 1117),
        CommittedAt: Now.AddMinutes(-5),
        HeldSince: null);

    private static ParticipantStatus Participant(string name) => new(
        name,
        "h264",
        Accepted: 0,
        LastStaleness: 0,
        LastSeen: null,
        Suspended: false,
        LastContribution: null,
        Buffered: false);
}
