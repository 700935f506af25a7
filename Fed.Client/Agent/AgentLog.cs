using System.Text.Json;
using System.Text.Json.Serialization;
using Fed.Client.Protocol;
using Fed.Contracts;

namespace Fed.Client.Agent;

/// <summary>What an agent does, one kind a line.</summary>
public enum AgentEventKind
{
    Enrolled,
    Evaluated,
    Trained,

    /// <summary>Parts of the delta were beyond the federation's bound and were cut to it.</summary>
    Clipped,

    /// <summary>What earlier encodings have left out cannot be used: error feedback starts from zero.</summary>
    ResidualLost,

    /// <summary>The participant's control variate cannot be used: the gradient at the model takes its place.</summary>
    ControlLost,

    /// <summary>A receipt came.</summary>
    Accepted,

    /// <summary>An update was refused and will not be sent again; the agent goes on with a new task.</summary>
    Dropped,

    /// <summary>The server or the network failed; the agent tries again after a wait.</summary>
    Retrying,

    /// <summary>The sequence number was taken from the server.</summary>
    Resynchronised,

    Finished,
}

/// <summary>One line of an agent's progress. Which properties are set depends on the kind.</summary>
public sealed record AgentEvent(
    AgentEventKind Event,
    DateTimeOffset At,
    string Federation,
    string Participant,
    string Cluster)
{
    /// <summary>
    /// The cluster version that was evaluated or trained from, or that stood when an update was accepted.
    /// </summary>
    public long? Version { get; init; }

    public long? Sequence { get; init; }

    public long? Examples { get; init; }

    /// <summary>0 to 1.</summary>
    public double? Accuracy { get; init; }

    public double? Loss { get; init; }

    /// <summary>Of the changes, the share that was cut to the bound, 0 to 1.</summary>
    public double? ClippedShare { get; init; }

    public long? Staleness { get; init; }

    /// <summary>Size of the update.</summary>
    public long? Bytes { get; init; }

    /// <summary>Of the update that a receipt came for.</summary>
    public string? Sha256 { get; init; }

    /// <summary>What training took, or how long the agent waits before it tries again.</summary>
    public double? Seconds { get; init; }

    /// <summary>The receipt was the first one of an update that had arrived before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Duplicate { get; init; }

    public string? Code { get; init; }

    public string? Message { get; init; }

    /// <summary>On the wire since the agent started, headers included.</summary>
    public long? BytesUp { get; init; }

    public long? BytesDown { get; init; }
}

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

/// <summary>The log of one participant in one federation: it fills in who, where and when.</summary>
internal sealed class SessionLog(
    Action<AgentEvent> onEvent, TimeProvider time, string participant, Membership membership)
{
    public string Federation { get; } = membership.Federation;

    public string Cluster { get; } = membership.Cluster;

    public string Participant { get; } = participant;

    public void Write(AgentEventKind kind, Func<AgentEvent, AgentEvent> with) =>
        onEvent(with(new AgentEvent(kind, time.GetUtcNow(), Federation, Participant, Cluster)));

    public void Retrying(Exception failure, TimeSpan wait) => Write(AgentEventKind.Retrying, line => line with
    {
        Code = (failure as ProtocolException)?.Code,
        Message = failure is ProtocolException answer ? answer.Detail : $"the server is away ({failure.Message})",
        Seconds = Math.Round(wait.TotalSeconds, 2),
    });
}
