using Azure;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Fed.Silo.Storage.Azure;

/// <summary>
/// Sends each request within a time-out. What passes by itself (no connection, no answer in time, 408, 429, 5xx) is
/// tried again, with pauses that double, for a bounded time; all our requests may be sent twice.
/// </summary>
internal sealed class AzureRetries
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(4);
    private static readonly ResiliencePropertyKey<string> s_what = new("what");
    private static readonly ResiliencePropertyKey<Exception> s_reason = new("reason");

    private readonly AzureBlobOptions _options;
    private readonly ResiliencePipeline _pipeline;

    public AzureRetries(AzureBlobOptions options, TimeProvider clock, ILogger logger)
    {
        _options = options;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddTimeout(options.RetryFor)
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = tried => new(tried.Outcome.Exception is { } error && IsTransient(error)),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = s_firstPause,
                MaxDelay = s_longestPause,
                OnRetry = failed =>
                {
                    var error = failed.Outcome.Exception!;
                    failed.Context.Properties.Set(s_reason, error);
                    var what = failed.Context.Properties.GetValue(s_what, "");
                    Log.StorageRetried(logger, what, Describe(error), failed.RetryDelay);
                    return default;
                },
            })
            .AddTimeout(options.RequestTimeout)
            .Build();
    }

    /// <param name="what">For messages; no secret.</param>
    /// <param name="foreseen">Errors that are an answer too.</param>
    /// <returns>Null for an error that is foreseen.</returns>
    /// <exception cref="RemoteStorageException">Away for too long, or we are refused.</exception>
    public async Task<T?> RunAsync<T>(
        string what,
        Func<CancellationToken, Task<T>> request,
        CancellationToken cancellationToken,
        Func<RequestFailedException, bool>? foreseen = null)
        where T : class
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(s_what, what);
        try
        {
            return await _pipeline.ExecuteAsync(
                async tried => await request(tried.CancellationToken), context);
        }
        catch (RequestFailedException answer) when (foreseen?.Invoke(answer) == true)
        {
            return null;
        }
        catch (RequestFailedException answer) when (!IsTransient(answer))
        {
            throw Unexpected(what, answer);
        }
        catch (Exception error) when (error is TimeoutRejectedException || IsTransient(error))
        {
            var reason = context.Properties.GetValue(s_reason, error);
            throw new RemoteStorageException(
                $"Azure Blob Storage at {_options.Connection} is away (tried for {_options.RetryFor}): "
                + Describe(reason),
                reason);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static bool IsTransient(Exception error) => error switch
    {
        RequestFailedException answer => answer.Status is 0 or StatusCodes.Status408RequestTimeout
            or StatusCodes.Status429TooManyRequests or >= 500,
        TimeoutRejectedException or IOException or HttpRequestException => true,
        _ => false,
    };

    private RemoteStorageException Unexpected(string what, RequestFailedException answer) => new(
        answer switch
        {
            { Status: StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden } =>
                $"Azure Blob Storage at {_options.Connection} refuses the account of FED_BLOBS ({Describe(answer)}); "
                + "check AccountName and AccountKey in FED_BLOBS, the account's network rules and this machine's clock",
            { ErrorCode: "ContainerNotFound" } =>
                $"the container '{_options.Container}' of the blobs is gone; restore it, or restart the silo for an "
                + "empty one",
            _ => $"Azure Blob Storage answered {Describe(answer)} to: {what}",
        },
        answer);

    // The SDK's own message of an answer lists all its headers.
    private static string Describe(Exception error) => error switch
    {
        RequestFailedException { Status: > 0 } answer => $"{answer.Status} {answer.ErrorCode}".TrimEnd(),
        TimeoutRejectedException => "no answer in time",
        { InnerException: { } inner } when inner.Message != error.Message => $"{error.Message} {inner.Message}",
        _ => error.Message,
    };
}
