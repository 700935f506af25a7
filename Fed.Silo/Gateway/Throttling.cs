using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Fed.Silo.Hosting;

namespace Fed.Silo.Gateway;

/// <summary>
/// Two limits, each a bucket that fills at a rate and holds a burst (a rate of 0 is no limit), and how many uploads of
/// Orleans clients may be open.
/// </summary>
public sealed record ThrottlingOptions
{
    public const string Section = "Throttling";

    public const int DefaultRequestsPerSecond = 100;

    public const int DefaultRequestBurst = 1000;

    public const int DefaultRefusalsPerSecond = 10;

    public const int DefaultRefusalBurst = 1000;

    public const int DefaultUploads = 64;

    public const int DefaultUploadsOfParticipant = 4;

    private const int Most = 1_000_000;

    /// <summary>Requests of one participant from one address, 0 to 1,000,000.</summary>
    public int RequestsPerSecond { get; init; } = DefaultRequestsPerSecond;

    /// <summary>1 to 1,000,000.</summary>
    public int RequestBurst { get; init; } = DefaultRequestBurst;

    /// <summary>
    /// Refused requests of one address, 0 to 1,000,000. Good ones are not counted: often many agents have one address.
    /// </summary>
    public int RefusalsPerSecond { get; init; } = DefaultRefusalsPerSecond;

    /// <summary>1 to 1,000,000.</summary>
    public int RefusalBurst { get; init; } = DefaultRefusalBurst;

    /// <summary>Of Orleans clients, open at a time on one silo, 1 to 1,000,000.</summary>
    public int Uploads { get; init; } = DefaultUploads;

    /// <summary>Of one Orleans client's participant, open at a time on one silo, 1 to 1,000,000.</summary>
    public int UploadsOfParticipant { get; init; } = DefaultUploadsOfParticipant;

    /// <summary>With what the configuration says in place of these.</summary>
    /// <exception cref="ArgumentException">A setting is unknown, no number, or out of its range.</exception>
    public ThrottlingOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetKnownSection(
            Section,
            [
                nameof(RequestsPerSecond), nameof(RequestBurst), nameof(RefusalsPerSecond), nameof(RefusalBurst),
                nameof(Uploads), nameof(UploadsOfParticipant),
            ]);
        return new ThrottlingOptions
        {
            RequestsPerSecond = Number(nameof(RequestsPerSecond), RequestsPerSecond, 0),
            RequestBurst = Number(nameof(RequestBurst), RequestBurst, 1),
            RefusalsPerSecond = Number(nameof(RefusalsPerSecond), RefusalsPerSecond, 0),
            RefusalBurst = Number(nameof(RefusalBurst), RefusalBurst, 1),
            Uploads = Number(nameof(Uploads), Uploads, 1),
            UploadsOfParticipant = Number(nameof(UploadsOfParticipant), UploadsOfParticipant, 1),
        };

        int Number(string name, int standard, int least)
        {
            var text = section[name] is { Length: > 0 } set ? set : standard.ToString(CultureInfo.InvariantCulture);
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                && value >= least && value <= Most
                    ? value
                    : throw new ArgumentException(
                        $"{Variable(name)} is '{text}'; give a whole number, {least} to {Most}"
                        + (least == 0 ? ", 0 for no limit" : ""));
        }
    }

    private static string Variable(string name) => $"FED_{Section}__{name}";
}

/// <summary>Too many requests for now.</summary>
/// <param name="retryAfter">At least a second.</param>
public sealed class ThrottledException(string message, TimeSpan retryAfter) : Exception(message)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>
/// 429 for one participant's too many requests, and for an address whose requests are refused too often. A participant
/// is counted with its address: nobody can use up the share of another under its name. Orleans clients likewise.
/// </summary>
internal sealed class Throttling : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>By address, or by the identity of an Orleans client.</summary>
    private readonly PartitionedRateLimiter<object> _refusals;

    /// <summary>By participant and, over HTTP, address.</summary>
    private readonly PartitionedRateLimiter<(string Federation, string Participant, IPAddress? Address)> _calls;

    private readonly ThrottlingOptions _options;

    public Throttling(SiloOptions options, IConfiguration configuration)
    {
        _options = options.Throttling.Read(configuration);
        _refusals = PartitionedRateLimiter.Create<object, object>(caller =>
            Partition(caller, _options.RefusalsPerSecond, _options.RefusalBurst));
        _calls = PartitionedRateLimiter.Create<(string, string, IPAddress?), (string, string, IPAddress?)>(caller =>
            Partition(caller, _options.RequestsPerSecond, _options.RequestBurst));
    }

    /// <summary>Around everything that may refuse: it asks before and counts after.</summary>
    public async Task CountRefusalsAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response.StatusCode is >= 400 and < 500 and not StatusCodes.Status429TooManyRequests)
            CountRefusal(AddressOf(context));
    }

    /// <summary>Within what turns exceptions into problems. Health and page are for everybody, always.</summary>
    public Task RequirePatienceAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/v1"))
            RequirePatience(AddressOf(context), "address");
        return next(context);
    }

    /// <param name="caller">An address, or the identity of an Orleans client.</param>
    /// <param name="kind">Which of them.</param>
    /// <exception cref="ThrottledException">It was refused too often.</exception>
    public void RequirePatience(object caller, string kind)
    {
        // Not by acquiring none, which a fraction of a permit would grant though it covers no refusal.
        if (_refusals.GetStatistics(caller) is { CurrentAvailablePermits: < 1 })
        {
            throw new ThrottledException(
                $"more than {_options.RefusalsPerSecond} requests a second of this {kind} were refused, after "
                + $"{_options.RefusalBurst} at once",
                Period);
        }
    }

    public void CountRefusal(object caller) => _refusals.AttemptAcquire(caller).Dispose();

    /// <summary>
    /// One call of a participant as an Orleans client, once it has shown who it is: nobody else can use up its share,
    /// so that no address is needed. The same calls count as over HTTP; chunks and pieces of models do not.
    /// </summary>
    /// <exception cref="ThrottledException">There were too many.</exception>
    public void CountCall(string federation, string participant) => CountCall(federation, participant, null);

    /// <summary>
    /// Once it is known whose request it is. Not by the framework's middleware, whose own limiter of endpoints nobody
    /// disposes of: its timer keeps the whole silo in memory after its end.
    /// </summary>
    public Task CountRequestAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetRouteValue("participant") is string participant)
            CountCall(context.GetRouteValue("federation") as string ?? "", participant, AddressOf(context));
        return next(context);
    }

    public void Dispose()
    {
        _refusals.Dispose();
        _calls.Dispose();
    }

    private void CountCall(string federation, string participant, IPAddress? address)
    {
        using var lease = _calls.AttemptAcquire((federation, participant, address));
        if (lease.IsAcquired)
            return;
        var asked = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.Zero;
        throw new ThrottledException(
            $"there were more than {_options.RequestsPerSecond} requests a second of this participant, after "
            + $"{_options.RequestBurst} at once",
            TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(asked.TotalSeconds))));
    }

    private static IPAddress AddressOf(HttpContext context) => context.Connection.RemoteIpAddress ?? IPAddress.None;

    private static RateLimitPartition<TKey> Partition<TKey>(TKey key, int perSecond, int burst) => perSecond == 0
        ? RateLimitPartition.GetNoLimiter(key)
        : RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = Period,
            QueueLimit = 0,
        });
}
