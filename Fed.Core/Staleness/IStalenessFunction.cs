namespace Fed.Core.Staleness;

/// <summary>s(t): how much a contribution counts whose base is t versions old. s(0) = 1; never increasing.</summary>
public interface IStalenessFunction
{
    /// <param name="staleness">t, at least 0.</param>
    /// <returns>0 to 1.</returns>
    double Weight(long staleness);
}
