using Orleans;

namespace Fed.Contracts.Versions;

/// <summary>Consecutive version numbers, both ends included.</summary>
[GenerateSerializer, Immutable, Alias("fed.version-range")]
public sealed record VersionRange([property: Id(0)] long First, [property: Id(1)] long Last)
{
    public bool Contains(long version) => version >= First && version <= Last;

    public override string ToString() => First == Last ? $"{First}" : $"{First} to {Last}";
}
