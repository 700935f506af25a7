using Orleans;

namespace Fed.Contracts.Versions;

/// <summary>Sums over the participants' reports on one version.</summary>
[GenerateSerializer, Immutable, Alias("fed.version-evaluation")]
public sealed record VersionEvaluation(
    [property: Id(0)] int Reports,
    [property: Id(1)] long Examples,
    [property: Id(2)] long Correct)
{
    /// <summary>0 to 1; 0 without examples.</summary>
    public double Accuracy => Examples == 0 ? 0 : (double)Correct / Examples;
}
