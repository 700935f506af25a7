namespace Fed.Grains;

/// <summary>How tiers are named in manifests, in the registry and in metrics.</summary>
public static class TierNames
{
    /// <summary>The global tier; clusters go by their keys.</summary>
    public const string Global = "global";
}
