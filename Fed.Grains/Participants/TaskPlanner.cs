using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;

namespace Fed.Grains.Participants;

/// <summary>What a participant should do next. Pure: the same view gives the same task.</summary>
internal static class TaskPlanner
{
    /// <param name="lastEvaluated">The newest cluster version that the participant has reported on; -1: none.</param>
    /// <returns>Null when there is nothing to do until the view changes.</returns>
    public static ParticipantTask? Plan(
        FederationDescription description, string cluster, ClusterView view, long lastEvaluated)
    {
        var every = description.Settings.EvaluateEvery;
        var unevaluated = lastEvaluated < view.Version;
        if (view.Finished)
            return Make(unevaluated ? TaskKind.Evaluate : TaskKind.Finish, description, cluster, view);
        if (unevaluated && every > 0 && view.Version % every == 0)
            return Make(TaskKind.Evaluate, description, cluster, view);
        return view.Accepting && view.LastBaseVersion < view.Version
            ? Make(TaskKind.Train, description, cluster, view)
            : null;
    }

    private static ParticipantTask Make(
        TaskKind kind, FederationDescription description, string cluster, ClusterView view)
    {
        var settings = description.Settings;
        return new ParticipantTask(
            $"{kind}-{cluster}-{view.Version}".ToLowerInvariant(),
            kind,
            cluster,
            view.Version,
            view.ModelSha256,
            description.LayoutHash,
            description.Parameters,
            settings.Codec,
            settings.Arithmetic.Bound,
            unchecked(settings.Seed * 1_000_003 + (int)view.Version),
            settings.Training.At(view.GlobalVersion, settings.TargetVersions));
    }
}
