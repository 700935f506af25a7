namespace Fed.Training.Specification;

/// <summary>
/// Inverted dropout (Srivastava 2014): in training, a share Rate is zeroed and the rest scaled by 1 / (1 - Rate).
/// </summary>
public sealed record DropoutSpecification(double Rate) : LayerSpecification("dropout")
{
    public override IReadOnlyList<int> Output(IReadOnlyList<int> input) => input;
}
