using Fed.Contracts.Refusals;

namespace Fed.Grains.Versions;

/// <summary>The refusal of a version that is no longer kept.</summary>
internal static class CollectedVersion
{
    public static RefusedException Refuse(long number) => new(
        RefusalCode.VersionCollected,
        $"global version {number} is no longer kept",
        "name a later one; 'fed admin versions' shows which are collected");
}
