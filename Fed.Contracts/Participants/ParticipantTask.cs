using Fed.Contracts.Federations;
using Orleans;

namespace Fed.Contracts.Participants;

/// <summary>One piece of work for one participant. Asking twice for the same version gives the same task.</summary>
/// <param name="Id"><c>kind-cluster-version</c>, for logs.</param>
/// <param name="Version">The cluster version to train from or to evaluate.</param>
/// <param name="ModelSha256">Blob of that version's model; also what the update must name as its base.</param>
/// <param name="Parameters">Length of the flat vector.</param>
/// <param name="Codec">Codec of the update.</param>
/// <param name="Bound">Largest |delta|; the agent clips to it and says so.</param>
/// <param name="Seed">Differs by federation seed and version; the agent mixes in its own name.</param>
[GenerateSerializer, Immutable, Alias("fed.task")]
public sealed record ParticipantTask(
    [property: Id(0)] string Id,
    [property: Id(1)] TaskKind Kind,
    [property: Id(2)] string Cluster,
    [property: Id(3)] long Version,
    [property: Id(4)] string ModelSha256,
    [property: Id(5)] string LayoutHash,
    [property: Id(6)] long Parameters,
    [property: Id(7)] string Codec,
    [property: Id(8)] float Bound,
    [property: Id(9)] int Seed,
    [property: Id(10)] TrainingPolicy Training);

/// <summary>What a participant is to do as things are.</summary>
/// <param name="Task">Null: nothing, until its cluster changes.</param>
/// <param name="Revision">The cluster's, when it was asked: <see cref="Aggregation.ClusterView.Revision"/>.</param>
[GenerateSerializer, Immutable, Alias("fed.task-answer")]
public sealed record TaskAnswer(
    [property: Id(0)] ParticipantTask? Task,
    [property: Id(1)] string Cluster,
    [property: Id(2)] long Revision);

/// <summary>What a participant is asked to do.</summary>
public enum TaskKind
{
    /// <summary>Train from the model and send the delta.</summary>
    Train = 0,

    /// <summary>Evaluate the model on held-out local data and report.</summary>
    Evaluate = 1,

    /// <summary>The federation has finished: stop.</summary>
    Finish = 2,
}
