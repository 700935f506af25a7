namespace Fed.Silo.Storage.Azure;

/// <summary>
/// Sends requests, signed, each within a time-out. What passes by itself (no connection, no answer in time, 408, 429,
/// 5xx) is tried again, with pauses that double, for a bounded time; all our requests may be sent twice.
/// </summary>
internal sealed class AzureTransport : IDisposable
{
    private const int MostAnswerBytes = 128 << 20;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    private readonly AzureBlobOptions _options;
    private readonly SharedKeySigner _signer;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly HttpClient _http;

    public AzureTransport(AzureBlobOptions options, TimeProvider clock, ILogger logger)
    {
        _options = options;
        _signer = new SharedKeySigner(options.Connection.Account, options.Connection.Key);
        _clock = clock;
        _logger = logger;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !options.Connection.Endpoint.IsLoopback,
            // The address of an account may move.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MostAnswerBytes,
        };
    }

    /// <returns>An answer that is final, be it an error.</returns>
    /// <exception cref="AzureUnavailableException">Away for too long, or we are refused.</exception>
    public async Task<AzureAnswer> SendAsync(AzureRequest request, CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks)))
        {
            var (answer, error) = await TryAsync(request, cancellationToken);
            if (answer is { IsTransient: false })
            {
                return answer.IsDenied ? throw Denied(answer) : answer;
            }

            var reason = answer?.ToString() ?? Describe(error!);
            if (_clock.GetElapsedTime(started) + pause > _options.RetryFor)
            {
                throw new AzureUnavailableException(
                    $"Azure Blob Storage at {_options.Connection} is away (tried for {_options.RetryFor}): {reason}",
                    error);
            }

            var wait = Task.Delay(pause, _clock, cancellationToken);
            Log.StorageRetried(_logger, request.Method.Method, request.Path, reason, pause);
            await wait;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<(AzureAnswer? Answer, Exception? Error)> TryAsync(
        AzureRequest request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.RequestTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var message = request.ToMessage(_options.Connection.Endpoint, _clock.GetUtcNow());
            _signer.Sign(message);
            using var response = await _http.SendAsync(message, either.Token);
            return (await AzureAnswer.ReadAsync(response, either.Token), null);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return (null, error);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, new TimeoutException($"no answer within {_options.RequestTimeout}"));
        }
    }

    private AzureUnavailableException Denied(AzureAnswer answer) => new(
        $"Azure Blob Storage at {_options.Connection} refuses account '{_options.Connection.Account}' ({answer}); "
        + "check AccountName and AccountKey in FED_BLOBS, the account's network rules and this machine's clock");

    private static string Describe(Exception error) =>
        error.InnerException is { } inner && inner.Message != error.Message
            ? $"{error.Message} {inner.Message}"
            : error.Message;
}
