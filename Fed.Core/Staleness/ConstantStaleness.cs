namespace Fed.Core.Staleness;

/// <summary>s(t) = 1 (Xie 2019, FedAsync, section 5.2).</summary>
public sealed class ConstantStaleness : IStalenessFunction
{
    public double Weight(long staleness) => 1;
}
