using System.CommandLine;
using System.Text.Json;
using Fed.Cli.Join;
using Fed.Client;
using Fed.Contracts;
using Fed.Silo.Telemetry;

namespace Fed.Cli.Commands;

/// <summary>The command line of <c>fed metrics</c>.</summary>
internal static class MetricsCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "As JSON" };

    public static Command Create()
    {
        var command = new Command(
            "metrics",
            "Lists the metrics of a silo, and of a participant's agent, as Prometheus has them (docs/metrics.md)")
        {
            Json,
        };
        command.SetAction(parsed =>
        {
            using var agent = new AgentMetrics();
            Console.Out.Write(parsed.GetValue(Json)
                ? JsonSerializer.Serialize(
                    MetricsDocument.Metrics.Concat(agent.All).Select(metric => new
                    {
                        name = metric.PrometheusName,
                        kind = metric.Kind.ToString().ToLowerInvariant(),
                        unit = metric.Unit,
                        labels = metric.Labels,
                        description = metric.Description,
                    }),
                    FedJson.Options) + "\n"
                : $"{MetricsDocument.Table(MetricsDocument.Metrics)}\n{MetricsDocument.Table(agent.All)}");
            return ExitCode.Success;
        });
        return command;
    }
}
