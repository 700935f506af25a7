using System.Globalization;

namespace Fed.Silo.Hosting;

/// <summary>Every time-out of the silo. Six are chosen, the others follow from them.</summary>
public sealed record SiloTimeouts
{
    public const string Section = "Timeouts";

    private static readonly Dictionary<string, (TimeSpan Least, TimeSpan Most)> s_bounds = new()
    {
        [nameof(LongPoll)] = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(25)),
        [nameof(Work)] = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)),
        [nameof(StatusRefresh)] = (TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)),
        [nameof(Shutdown)] = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)),
        [nameof(Stop)] = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
        [nameof(StorageStart)] = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
    };

    /// <summary>
    /// The longest wait that a participant may ask for in a long poll. 1 s to 25 s, the protocol's bound.
    /// </summary>
    public TimeSpan LongPoll { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How long one call of an actor may take. 1 s to 5 min.</summary>
    public TimeSpan Work { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often a watched federation is looked at when nothing else wakes the watch. 50 ms to 1 min.
    /// </summary>
    public TimeSpan StatusRefresh { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long requests in flight may go on once the silo is told to stop. 1 s to 5 min.</summary>
    public TimeSpan Shutdown { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long all of the stop may take, <see cref="Shutdown"/> included; then the process ends as it is. 1 s to
    /// 10 min.
    /// </summary>
    public TimeSpan Stop { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the start waits for servers that something is kept in. 1 s to 10 min.</summary>
    public TimeSpan StorageStart { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A client must have sent all its request headers by then.</summary>
    public TimeSpan RequestHeaders => Work / 2;

    /// <summary>A body may be slower than the minimum rate for this long.</summary>
    public TimeSpan BodyGrace => Work / 6;

    /// <summary>
    /// How long a call of an Orleans client is held at most, for a task, the chunk before it or the disk; then it is
    /// answered, and the client asks again.
    /// </summary>
    public TimeSpan CallWait => Work / 10;

    /// <summary>An upload of an Orleans client is dropped when nothing comes for so long.</summary>
    public TimeSpan UploadIdle => Work;

    /// <summary>An idle connection outlives the longest poll.</summary>
    public TimeSpan IdleConnection => 4 * (LongPoll + Work);

    /// <summary>An event stream says at least this often that the server is alive.</summary>
    public TimeSpan StatusBeat => 5 * StatusRefresh;

    /// <summary>How long a request to blob storage in a cloud is tried again.</summary>
    public TimeSpan StorageRetry => Work;

    /// <summary>How long one try of such a request may take.</summary>
    public TimeSpan StorageRequest => Work / 3;

    /// <summary>What a 503 tells the client to wait.</summary>
    public TimeSpan RetryAfter => TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(Shutdown.TotalSeconds / 5)));

    /// <summary>The environment variable of a time-out.</summary>
    public static string Variable(string name) => $"FED_{Section}__{name}";

    /// <summary>With what the configuration says in place of these.</summary>
    /// <exception cref="ArgumentException">A setting is unknown, no time, or out of its range.</exception>
    public SiloTimeouts Read(IConfiguration configuration)
    {
        var section = configuration.GetKnownSection(Section, s_bounds.Keys);
        return new SiloTimeouts
        {
            LongPoll = Time(nameof(LongPoll), LongPoll),
            Work = Time(nameof(Work), Work),
            StatusRefresh = Time(nameof(StatusRefresh), StatusRefresh),
            Shutdown = Time(nameof(Shutdown), Shutdown),
            Stop = Time(nameof(Stop), Stop),
            StorageStart = Time(nameof(StorageStart), StorageStart),
        };

        TimeSpan Time(string name, TimeSpan standard)
        {
            if (section[name] is not { Length: > 0 } text)
                return standard;
            var (least, most) = s_bounds[name];
            return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var value)
                && value >= least && value <= most
                    ? value
                    : throw new ArgumentException(
                        $"{Variable(name)} is '{text}'; give hours, minutes and seconds, {least:c} to {most:c}");
        }
    }

    /// <exception cref="ArgumentException">A time-out is outside its range; the message names it.</exception>
    public void Validate()
    {
        Require(nameof(LongPoll), LongPoll);
        Require(nameof(Work), Work);
        Require(nameof(StatusRefresh), StatusRefresh);
        Require(nameof(Shutdown), Shutdown);
        Require(nameof(Stop), Stop);
        Require(nameof(StorageStart), StorageStart);
        if (Stop < Shutdown)
        {
            throw new ArgumentException(
                $"timeouts.stop is {Stop}; it must be at least timeouts.shutdown, {Shutdown}, which is a part of it: "
                + $"raise {Variable(nameof(Stop))}, or lower {Variable(nameof(Shutdown))}");
        }
    }

    private static void Require(string name, TimeSpan value)
    {
        var (least, most) = s_bounds[name];
        if (value < least || value > most)
        {
            throw new ArgumentException(
                $"timeouts.{char.ToLowerInvariant(name[0])}{name[1..]} is {value}; it must be {least} to {most}");
        }
    }
}
