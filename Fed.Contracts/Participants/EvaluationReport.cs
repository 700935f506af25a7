using Orleans;

namespace Fed.Contracts.Participants;

/// <summary>A participant's evaluation of one model on its own held-out data.</summary>
/// <param name="Loss">Mean cross-entropy per example, in nats, finite.</param>
/// <param name="ClippedShare">Of the changes of the participant's last training, the share that was cut to the bound, 0
/// to 1; null: it has not trained, or does not say.</param>
[GenerateSerializer, Immutable, Alias("fed.evaluation")]
public sealed record EvaluationReport(
    [property: Id(0)] long Version,
    [property: Id(1)] string ModelSha256,
    [property: Id(2)] long Examples,
    [property: Id(3)] long Correct,
    [property: Id(4)] double Loss,
    [property: Id(5)] double? ClippedShare = null);
