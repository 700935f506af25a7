using Fed.Tests.Embedded.Runtime;
using Orleans;
using Orleans.Runtime;

namespace Fed.Tests.Embedded.Grains;

/// <summary>Starts timers and counts their ticks as <c>key:tick</c>.</summary>
[Alias("test.timer")]
public interface ITimerGrain : IGrainWithStringKey
{
    [Alias("Start")]
    Task Start(TimeSpan dueTime, TimeSpan period, bool interleave);

    /// <summary>Starts a timer whose every tick throws.</summary>
    [Alias("StartFailing")]
    Task StartFailing();

    /// <summary>Starts a timer whose tick lasts until its token is cancelled.</summary>
    [Alias("StartHolding")]
    Task StartHolding();

    /// <summary>Starts a timer that would tick in an hour, and brings it forward.</summary>
    [Alias("StartAndChange")]
    Task StartAndChange();

    [Alias("Stop")]
    Task Stop();

    [Alias("Hold")]
    Task Hold(string name);

    [Alias("End")]
    Task End();

    /// <summary>The exception that bad times meet.</summary>
    [Alias("StartBad")]
    Task<string> StartBad();
}

public sealed class TimerGrain(Signals signals) : Grain, ITimerGrain
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(10);
    private IGrainTimer? _timer;

    private string Key => this.GetPrimaryKeyString();

    public Task Start(TimeSpan dueTime, TimeSpan period, bool interleave)
    {
        _timer = this.RegisterGrainTimer(
            static (self, _) => self.Tick(), this,
            new() { DueTime = dueTime, Period = period, Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task StartFailing()
    {
        this.RegisterGrainTimer(
            () =>
            {
                signals.Count($"{Key}:tick");
                throw new InvalidOperationException("this tick fails");
            },
            s_short, s_short);
        return Task.CompletedTask;
    }

    public Task StartHolding()
    {
        _timer = this.RegisterGrainTimer(
            async token =>
            {
                signals.Count($"{Key}:tick");
                var cancelled = new TaskCompletionSource();
                await using var registration = token.Register(cancelled.SetResult);
                await cancelled.Task;
                signals.Set($"{Key}:cancelled");
            },
            new GrainTimerCreationOptions { DueTime = s_short, Period = s_short, Interleave = true });
        return Task.CompletedTask;
    }

    public Task StartAndChange()
    {
        var timer = this.RegisterGrainTimer(Tick, TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        timer.Change(s_short, s_short);
        return Task.CompletedTask;
    }

    public Task Stop()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public async Task Hold(string name)
    {
        signals.Set($"{name}:in");
        await signals.Wait($"{name}:go");
    }

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<string> StartBad()
    {
        try
        {
            this.RegisterGrainTimer(Tick, TimeSpan.FromSeconds(-5), s_short);
            return Task.FromResult("none");
        }
        catch (ArgumentOutOfRangeException error)
        {
            return Task.FromResult(error.GetType().Name);
        }
    }

    private Task Tick()
    {
        signals.Count($"{Key}:tick");
        return Task.CompletedTask;
    }
}
