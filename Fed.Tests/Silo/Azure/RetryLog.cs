using Fed.Silo.Storage.Azure;
using Microsoft.Extensions.Logging;

namespace Fed.Tests.Silo.Azure;

/// <summary>Hears of every retry.</summary>
internal sealed class RetryLog : ILogger<AzureBlobStore>
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task First => _first.Task;

    public List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        lock (Lines)
            Lines.Add(formatter(state, exception));
        _first.TrySetResult();
    }
}
