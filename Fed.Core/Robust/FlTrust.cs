namespace Fed.Core.Robust;

/// <summary>
/// Updates are trusted as far as they point where the server's own update points, and get its length: TS_i = max(0,
/// cos(x_i, x_0)), result = sum TS_i |x_0| / |x_i| x_i / sum TS_i (Cao 2021, FLTrust, equations 2-4). Withstands any
/// number of hostile updates as far as the server's data are representative: the result is never longer than x_0.
/// </summary>
public sealed class FlTrust : IRobustRule
{
    /// <summary>Shorter updates get no trust: scaled up so far they would be rounding alone, and would crowd out the
    /// others' weights.</summary>
    private const double MostScaling = 1024;

    public string Name => "fltrust";

    public GeometryNeeds Needs => GeometryNeeds.Products | GeometryNeeds.Norms | GeometryNeeds.Reference;

    RobustPlan IRobustRule.Plan(IReadOnlyList<RobustInput> inputs, Geometry? geometry)
    {
        var reference = inputs.Count;
        double TrustOf(int i) => geometry!.Length(i) * MostScaling < geometry.Length(reference)
            ? 0
            : Math.Max(0, geometry.Cosine(i, reference));
        double[] trust =
            [.. Enumerable.Range(0, inputs.Count).Select(i => TrustOf(i))];
        var sum = trust.Sum();
        var scaled = trust.Select((value, i) =>
            value > 0 ? value * geometry!.Length(reference) / geometry.Length(i) : 0);
        return RobustPlan.Of([.. scaled], sum > 0 ? sum : 1);
    }
}
