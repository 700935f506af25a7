using Orleans;

namespace Fed.Contracts.Participants;

/// <summary>
/// What a participant's training examples are like, without any of them: mean and variance of each feature. A feature
/// is a place along the first side of the model's input, such as a channel of an image, over all other sides.
/// </summary>
/// <param name="Examples">That they are of, 1 to 1,000,000,000.</param>
/// <param name="Means">One a feature, of the values that the model takes in; at most <see cref="Largest"/> from 0.</param>
/// <param name="Variances">Likewise, 0 to the square of <see cref="Largest"/>.</param>
[GenerateSerializer, Immutable, Alias("fed.feature-summary")]
public sealed record FeatureSummary(
    [property: Id(0)] long Examples,
    [property: Id(1)] IReadOnlyList<double> Means,
    [property: Id(2)] IReadOnlyList<double> Variances)
{
    /// <summary>Features that may be summed up; of a model with more, none are.</summary>
    public const int MostFeatures = 1000;

    /// <summary>Squares of what is below it stay finite, and so do sums of them.</summary>
    public const double Largest = 1e9;
}
