using Fed.Client.Protocol;

namespace Fed.Client.Agent;

/// <summary>The log of one participant in one federation: it fills in who, where and when.</summary>
internal sealed class SessionLog(AgentLog log, TimeProvider time, string participant, Membership membership)
{
    public string Federation { get; } = membership.Federation;

    public string Cluster { get; } = membership.Cluster;

    public string Participant { get; } = participant;

    public void Write(AgentEventKind kind, Func<AgentEvent, AgentEvent> with) =>
        log.Write(with(new AgentEvent(kind, time.GetUtcNow(), Federation, Participant, Cluster)));

    public void Retrying(Exception failure, TimeSpan wait) => Write(AgentEventKind.Retrying, line => line with
    {
        Code = (failure as ProtocolException)?.Code,
        Message = failure is ProtocolException answer ? answer.Detail : $"the server is away ({failure.Message})",
        Seconds = Math.Round(wait.TotalSeconds, 2),
    });
}
