using Orleans.Configuration;
using Orleans.Runtime;

namespace Fed.Embedded.Calls;

/// <summary>The calls whose callers wait, and the clock that ends their waiting.</summary>
internal sealed class PendingCalls : IDisposable
{
    private static readonly TimeSpan s_checkPeriod = TimeSpan.FromMilliseconds(250);
    private readonly PendingStripe[] _stripes;
    private readonly TimeProvider _time;
    private readonly SiloMessagingOptions _options;
    private readonly double _ticksPerSecond;
    private ITimer? _timer;

    public PendingCalls(TimeProvider time, SiloMessagingOptions options)
    {
        _time = time;
        _options = options;
        _ticksPerSecond = time.TimestampFrequency;
        _stripes = [.. Enumerable.Range(0, Environment.ProcessorCount * 2).Select(_ => new PendingStripe())];
    }

    public void Start() => _timer ??= _time.CreateTimer(_ => CheckDeadlines(), null, s_checkPeriod, s_checkPeriod);

    public void Add(GrainCall call)
    {
        var timeout = TimeoutOf(call);
        var entry = call.Pending;
        entry.Call = call;
        entry.Deadline = timeout == Timeout.InfiniteTimeSpan
            ? long.MaxValue
            : _time.GetTimestamp() + (long)(timeout.TotalSeconds * _ticksPerSecond);
        _stripes[(uint)Environment.CurrentManagedThreadId % (uint)_stripes.Length].Add(entry);
    }

    /// <summary>Ends all waiting, because the silo has stopped.</summary>
    public void FailAll()
    {
        foreach (var call in Expired(long.MaxValue))
        {
            call.Fail(new SiloUnavailableException($"The silo has stopped and cannot answer {call}."));
        }
    }

    public void Dispose() => _timer?.Dispose();

    private TimeSpan TimeoutOf(GrainCall call) => call.Method.Timeout ?? _options.ResponseTimeout;

    private void CheckDeadlines()
    {
        foreach (var call in Expired(_time.GetTimestamp()))
        {
            var cancellation = call.Cancellation;
            call.Fail(new TimeoutException(
                $"Response did not arrive on time in {TimeoutOf(call)} for message: {call}."));
            if (_options.CancelRequestOnTimeout)
            {
                cancellation?.CancelCallee();
            }
        }
    }

    private List<GrainCall> Expired(long now)
    {
        List<GrainCall> expired = [];
        foreach (var stripe in _stripes)
        {
            stripe.CollectExpired(now, expired);
        }
        return expired;
    }
}
