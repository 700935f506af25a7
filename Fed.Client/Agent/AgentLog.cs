using System.Text.Json;
using System.Text.Json.Serialization;
using Fed.Contracts;

namespace Fed.Client.Agent;

/// <summary>Where an agent's progress goes, one line an event.</summary>
public sealed class AgentLog(TextWriter writer, bool json)
{
    /// <summary>For those who read the lines back.</summary>
    public static JsonSerializerOptions Json { get; } = MakeOptions();

    private readonly Lock _gate = new();

    public void Write(AgentEvent line)
    {
        var text = json ? JsonSerializer.Serialize(line, Json) : ToText(line);
        lock (_gate)
        {
            writer.WriteLine(text);
            writer.Flush();
        }
    }

    private static string ToText(AgentEvent line) =>
        $"{line.At:HH:mm:ss} {line.Federation}/{line.Cluster} {line.Participant}: {WhatHappened(line)}";

    private static string WhatHappened(AgentEvent line) => line.Event switch
    {
        AgentEventKind.Enrolled => $"enrolled; the next update is number {line.Sequence}",
        AgentEventKind.Evaluated =>
            $"version {line.Version}: accuracy {line.Accuracy:P1}, loss {line.Loss:0.000} on {line.Examples} examples",
        AgentEventKind.Trained =>
            $"trained from version {line.Version} on {line.Examples} examples in {line.Seconds:0.00} s",
        AgentEventKind.Accepted =>
            $"update {line.Sequence} accepted, {line.Bytes:N0} bytes, staleness {line.Staleness}"
            + (line.Duplicate ? " (it had arrived before)" : ""),
        AgentEventKind.Retrying => $"{line.Message}; trying again in {line.Seconds:0.0} s",
        AgentEventKind.Finished => $"finished; {line.BytesUp:N0} bytes sent, {line.BytesDown:N0} received",
        _ => line.Message ?? line.Event.ToString(),
    };

    private static JsonSerializerOptions MakeOptions()
    {
        var options = FedJson.Configure(new JsonSerializerOptions());
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        return options;
    }
}
