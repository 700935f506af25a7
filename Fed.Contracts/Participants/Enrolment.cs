using Orleans;

namespace Fed.Contracts.Participants;

/// <summary>The answer to an enrolment. Enrolling again with the same key is harmless.</summary>
/// <param name="NextSequence">The sequence number that the server expects next; the first is 1.</param>
/// <param name="Model">The model specification, the text of a JSON object.</param>
[GenerateSerializer, Immutable, Alias("fed.enrolment")]
public sealed record Enrolment(
    [property: Id(0)] string Federation,
    [property: Id(1)] string Participant,
    [property: Id(2)] string Cluster,
    [property: Id(3)] string Task,
    [property: Id(4)] long NextSequence,
    [property: Id(5), JsonDocumentText] string Model);
