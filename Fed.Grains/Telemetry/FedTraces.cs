using System.Diagnostics;

namespace Fed.Grains.Telemetry;

/// <summary>The spans of our own, beside those of requests and of calls between actors.</summary>
public static class FedTraces
{
    public const string SourceName = "FedHier";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>A fold, away from the aggregator's turns. Null: nobody traces.</summary>
    public static Activity? StartFold(int inputs) => s_source.StartActivity("fold")?.SetTag("fedhier.inputs", inputs);

    /// <summary>An update's body, from its first byte until it is durable.</summary>
    public static Activity? StartUpload(long bytes) => s_source.StartActivity("upload")?.SetTag("fedhier.bytes", bytes);
}
