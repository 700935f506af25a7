using System.Numerics;

namespace Fed.Core.Optimizers;

/// <summary>The one formula in which the adaptive optimisers differ.</summary>
internal interface ISecondMoment
{
    /// <summary>The next v, at least 0, from the last and the mean delta D.</summary>
    Vector<double> Next(Vector<double> v, Vector<double> d);
}
