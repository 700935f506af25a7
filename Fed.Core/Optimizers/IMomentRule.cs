using System.Numerics;

namespace Fed.Core.Optimizers;

/// <summary>
/// The formulas of a server optimiser with moments, in double, element by element. Each is a fixed sequence of IEEE
/// operations, none fused, so the width of a vector cannot change a bit.
/// </summary>
internal interface IMomentRule
{
    /// <summary>The next first moment m from the last and the mean delta D.</summary>
    Vector<double> First(Vector<double> m, Vector<double> d);

    /// <summary>The next second moment v from the last and the mean delta D.</summary>
    Vector<double> Second(Vector<double> v, Vector<double> d);

    /// <summary>The next parameter x from the new moments.</summary>
    Vector<double> Next(Vector<double> x, Vector<double> m, Vector<double> v);
}
