using System.Net.Sockets;
using Fed.Client.Protocol;
using Fed.Contracts.Refusals;
using Polly;
using Polly.Retry;

namespace Fed.Client.Agent;

/// <summary>
/// Tries again while the trouble may pass: exponential backoff with jitter, so that a crowd of agents does not come
/// back at one moment (Brooker, 'Exponential Backoff and Jitter', AWS Architecture Blog 2015; here half of each wait
/// is random).
/// </summary>
public sealed class RetryPolicy(TimeProvider time, Random random)
{
    public static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>
    /// While the connection is refused: the machine is there and its server is not, as when it is started again.
    /// Asking costs it nothing, and the wait would be longer than the start.
    /// </summary>
    public static readonly TimeSpan LongestWaitWhileRefused = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Bytes that arrive damaged are sent or fetched this often; then something is wrong that does not pass.
    /// </summary>
    public const int DamageAttempts = 3;

    /// <param name="onRetry">Told of each failure and how long it will be waited.</param>
    public async Task<T> RunAsync<T>(
        Func<Task<T>> attempt, Action<Exception, TimeSpan> onRetry, CancellationToken cancellationToken)
    {
        var retries = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = failed => new(
                    failed.Outcome.Exception is { } error && MayPass(error, failed.AttemptNumber + 1)),
                DelayGenerator = failed => new(WaitAfter(failed.AttemptNumber, failed.Outcome.Exception)),
                OnRetry = failed =>
                {
                    onRetry(failed.Outcome.Exception!, failed.RetryDelay);
                    return default;
                },
            })
            .Build();
        return await retries.ExecuteAsync(async _ => await attempt(), cancellationToken);
    }

    /// <summary>The wait after a number of failures before this one, at least what the server asks for.</summary>
    public TimeSpan WaitAfter(int failures, Exception? failure)
    {
        var longest = IsRefused(failure) ? LongestWaitWhileRefused : LongestWait;
        var full = Math.Min(longest.TotalSeconds, FirstWait.TotalSeconds * Math.Pow(2, Math.Min(failures, 30)));
        var jittered = TimeSpan.FromSeconds(full * (0.5 + random.NextDouble() / 2));
        return failure is ProtocolException { RetryAfter: { } asked } && asked > TimeSpan.Zero
            ? asked + jittered
            : jittered;
    }

    private static bool IsRefused(Exception? failure) => failure is HttpRequestException
    {
        InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused },
    };

    private static bool MayPass(Exception error, int failures) => error switch
    {
        ProtocolException { IsPassing: true } => true,
        ProtocolException
        {
            Refusal: RefusalCode.ChecksumMismatch or RefusalCode.DigestMismatch or RefusalCode.UpdateTruncated
        } => failures < DamageAttempts,
        InvalidDataException => failures < DamageAttempts,
        HttpRequestException request => request.HttpRequestError != HttpRequestError.SecureConnectionError,
        FileNotFoundException => false,
        IOException or TimeoutException => true,
        _ => false,
    };
}
