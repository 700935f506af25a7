using Orleans;

namespace Fed.Contracts.Federations;

/// <summary>The integer grid and the weights of design section 4.</summary>
[GenerateSerializer, Immutable, Alias("fed.arithmetic")]
public sealed record ArithmeticSettings
{
    /// <summary>f: a delta is rounded to multiples of 2^-f. 0 to 30.</summary>
    [Id(0)] public int FractionalBits { get; init; } = 22;

    /// <summary>Largest |delta| per parameter; beyond it the whole update is refused. Above 0.</summary>
    [Id(1)] public float Bound { get; init; } = 8f;

    /// <summary>Largest number of examples that counts for one contribution. 1 to 2^22.</summary>
    [Id(2)] public int ExampleCap { get; init; } = 1024;

    /// <summary>s(t): <c>constant</c>, <c>polynomial:a</c>, <c>hinge:a,b</c> or <c>exponential:a</c>.</summary>
    [Id(3)] public string Staleness { get; init; } = "polynomial:0.5";

    /// <summary>What a sum is divided by: one of <see cref="Normalisations"/>.</summary>
    [Id(4)] public string Normalisation { get; init; } = Normalisations.Weight;
}
