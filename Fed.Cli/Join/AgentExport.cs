using Fed.Client.Agent;
using Fed.Silo.Hosting;
using Fed.Silo.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Fed.Cli.Join;

/// <summary>
/// Sends an agent's traces and metrics by OTLP, where OpenTelemetry's variables name a collector; and what waits, at its
/// end.
/// </summary>
internal sealed class AgentExport : IDisposable
{
    /// <summary>Ours, and those whose spans stand between ours and the silo's.</summary>
    private static readonly string[] Traces =
        [AgentTraces.SourceName, "System.Net.Http", "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Application"];

    private readonly TracerProvider _traces;
    private readonly MeterProvider _meters;

    private AgentExport(string participant)
    {
        var resource = ResourceBuilder.CreateDefault()
            .AddService("fedhier-agent", serviceVersion: FedSilo.Version, serviceInstanceId: participant)
            .AddEnvironmentVariableDetector();
        _traces = OpenTelemetry.Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource).AddSource(Traces).AddOtlpExporter().Build();
        _meters = OpenTelemetry.Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource).AddMeter(AgentMetrics.MeterName).AddOtlpExporter().Build();
    }

    public AgentMetrics Metrics { get; } = new();

    /// <returns>Null: no collector is named.</returns>
    /// <exception cref="ArgumentException">It is no address, or there is no such protocol.</exception>
    public static AgentExport? Start(string participant) =>
        TelemetryOptions.NamesCollector() ? new AgentExport(participant) : null;

    public void Dispose()
    {
        _traces.Dispose();
        _meters.Dispose();
        Metrics.Dispose();
    }
}
