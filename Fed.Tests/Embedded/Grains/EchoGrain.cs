using Fed.Tests.Embedded.Runtime;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Fed.Tests.Embedded.Grains;

/// <summary>A value that can be modified, so calls must copy it.</summary>
[GenerateSerializer, Alias("test.mutable")]
public sealed class Mutable
{
    [Id(0)]
    public string Text { get; set; } = "";

    [Id(1)]
    public List<int> Numbers { get; set; } = [];

    [Id(2)]
    public Mutable? Self { get; set; }
}

/// <summary>A value that promises not to be modified.</summary>
[GenerateSerializer, Immutable, Alias("test.frozen")]
public sealed record Frozen([property: Id(0)] int[] Numbers);

/// <summary>An exception with something to carry.</summary>
[GenerateSerializer, Alias("test.refusal")]
public sealed class RefusalException(string message, int code) : Exception(message)
{
    [Id(0)]
    public int Code { get; set; } = code;
}

/// <summary>One method for each way a call can pass and return.</summary>
[Alias("test.echo")]
public interface IEchoGrain : IGrainWithStringKey
{
    [Alias("Say")]
    Task<string?> Say(string? text);

    [Alias("Sum")]
    ValueTask<long> Sum(int a, long b, byte? c);

    [Alias("Nothing")]
    ValueTask Nothing();

    [Alias("Throw")]
    Task<int> Throw(bool afterAwait);

    [Alias("ThrowValue")]
    ValueTask ThrowValue();

    /// <summary>Keeps what it got, then modifies it.</summary>
    [Alias("Keep")]
    Task Keep(Mutable value);

    [Alias("Kept")]
    Task<Mutable> Kept();

    [Alias("IsSame")]
    Task<bool> IsSame(Frozen value, Immutable<int[]> wrapped);

    [Alias("Context")]
    Task<string?> Context(string key, IEchoGrain? next);

    /// <summary>Waits for <c>key:go</c>; answered in time or not, it runs to its end.</summary>
    [Alias("Slow"), ResponseTimeout("00:00:00.600")]
    Task Slow();

    [Alias("Notify"), OneWay]
    Task Notify(bool fail);

    /// <summary>Waits until cancelled.</summary>
    [Alias("Cancellable")]
    Task Cancellable(string name, CancellationToken cancellationToken);
}

public sealed class EchoGrain(Signals signals) : Grain, IEchoGrain
{
    private Mutable _kept = new();

    public Task<string?> Say(string? text) => Task.FromResult(text);

    public ValueTask<long> Sum(int a, long b, byte? c) => new(a + b + (c ?? 0));

    public ValueTask Nothing() => default;

    public async Task<int> Throw(bool afterAwait)
    {
        if (afterAwait)
        {
            await Task.Yield();
        }
        throw new RefusalException("no, because", 42) { Data = { ["why"] = "because" } };
    }

    public ValueTask ThrowValue() => throw new RefusalException("no value", 7);

    public Task Keep(Mutable value)
    {
        _kept = value;
        value.Text += " (kept)";
        value.Numbers.Add(99);
        return Task.CompletedTask;
    }

    public Task<Mutable> Kept() => Task.FromResult(_kept);

    public Task<bool> IsSame(Frozen value, Immutable<int[]> wrapped) =>
        Task.FromResult(ReferenceEquals(value.Numbers, wrapped.Value));

    public async Task<string?> Context(string key, IEchoGrain? next)
    {
        var found = RequestContext.Get(key) as string;
        RequestContext.Set(key, $"{found}, changed");
        return next is null ? found : await next.Context(key, null);
    }

    public async Task Slow()
    {
        var key = this.GetPrimaryKeyString();
        signals.Count($"{key}:slow");
        await signals.Wait($"{key}:go");
        signals.Set($"{key}:done");
    }

    public async Task Notify(bool fail)
    {
        var key = this.GetPrimaryKeyString();
        await signals.Wait($"{key}:go");
        signals.Set($"{key}:notified");
        if (fail)
        {
            throw new InvalidOperationException("nobody hears this");
        }
    }

    public async Task Cancellable(string name, CancellationToken cancellationToken)
    {
        var scheduler = TaskScheduler.Current;
        var cancelled = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(() =>
        {
            signals.Set($"{name}:cancelled", (TaskScheduler.Current == scheduler).ToString());
            cancelled.SetResult();
        });
        signals.Set($"{name}:in");
        await cancelled.Task;
        cancellationToken.ThrowIfCancellationRequested();
    }
}
