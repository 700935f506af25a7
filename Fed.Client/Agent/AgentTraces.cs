using System.Diagnostics;

namespace Fed.Client.Agent;

/// <summary>
/// The spans of a participant: a round, from a question for a task to the next one, and under it <c>task</c>,
/// <c>model</c>, <c>evaluate</c>, <c>train</c>, <c>encode</c> and <c>send</c>. Requests carry the trace on, so that what
/// the silo does for them hangs under these. Without a listener there are none, and nothing is carried.
/// </summary>
public static class AgentTraces
{
    public const string SourceName = "FedHier.Agent";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Whether somebody listens.</summary>
    internal static bool IsListenedTo => s_source.HasListeners();

    internal static Activity? StartRound(string federation, string participant) => s_source.StartActivity("round")
        ?.SetTag("fedhier.federation", federation)
        .SetTag("fedhier.participant", participant);

    /// <param name="step">One of those that are listed above.</param>
    internal static Activity? Start(string step) => s_source.StartActivity(step);
}
