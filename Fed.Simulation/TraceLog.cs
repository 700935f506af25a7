using Fed.Simulation.Engine;
using Microsoft.Extensions.Logging;

namespace Fed.Simulation;

/// <summary>What runtime and grains log, between the events of the trace.</summary>
internal sealed class TraceLog(EventTrace trace) : ILoggerFactory, ILogger
{
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("the trace is the only log");

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => trace.Writer is not null;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        trace.Note(formatter(state, exception) + (exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})"));

    public void Dispose()
    {
    }
}
