using System.Text.Json.Serialization;

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
    /// <summary>The cluster version that was evaluated or trained from, or that stood when an update was
    /// accepted.</summary>
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
